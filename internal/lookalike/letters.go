// SPDX-License-Identifier: Apache-2.0

package lookalike

// The letters of other alphabets whose printed shape equals a Latin letter's,
// in the spirit of Unicode Technical Standard 39's skeletons, but only where
// the shapes are the same in ordinary upright faces. A switch, not a map: the
// tables are data of the program and nobody can change them.

func cyrillicLook(r rune) look {
	small := func(as rune, name string) look { return look{letter, as, "CYRILLIC SMALL LETTER " + name} }
	capital := func(as rune, name string) look { return look{letter, as, "CYRILLIC CAPITAL LETTER " + name} }
	switch r {
	case 0x0430:
		return small('a', "A")
	case 0x0435:
		return small('e', "IE")
	case 0x043E:
		return small('o', "O")
	case 0x0440:
		return small('p', "ER")
	case 0x0441:
		return small('c', "ES")
	case 0x0443:
		return small('y', "U")
	case 0x0445:
		return small('x', "HA")
	case 0x0450:
		return small('è', "IE WITH GRAVE")
	case 0x0451:
		return small('ë', "IO")
	case 0x0455:
		return small('s', "DZE")
	case 0x0456:
		return small('i', "BYELORUSSIAN-UKRAINIAN I")
	case 0x0457:
		return small('ï', "YI")
	case 0x0458:
		return small('j', "JE")
	case 0x04AF:
		return small('y', "STRAIGHT U")
	case 0x04BB:
		return small('h', "SHHA")
	case 0x04CF:
		return small('l', "PALOCHKA")
	case 0x0501:
		return small('d', "KOMI DE")
	case 0x051B:
		return small('q', "QA")
	case 0x051D:
		return small('w', "WE")
	case 0x0410:
		return capital('A', "A")
	case 0x0412:
		return capital('B', "VE")
	case 0x0415:
		return capital('E', "IE")
	case 0x041A:
		return capital('K', "KA")
	case 0x041C:
		return capital('M', "EM")
	case 0x041D:
		return capital('H', "EN")
	case 0x041E:
		return capital('O', "O")
	case 0x0420:
		return capital('P', "ER")
	case 0x0421:
		return capital('C', "ES")
	case 0x0422:
		return capital('T', "TE")
	case 0x0423:
		return capital('Y', "U")
	case 0x0425:
		return capital('X', "HA")
	case 0x0400:
		return capital('È', "IE WITH GRAVE")
	case 0x0401:
		return capital('Ë', "IO")
	case 0x0405:
		return capital('S', "DZE")
	case 0x0406:
		return capital('I', "BYELORUSSIAN-UKRAINIAN I")
	case 0x0407:
		return capital('Ï', "YI")
	case 0x0408:
		return capital('J', "JE")
	case 0x04AE:
		return capital('Y', "STRAIGHT U")
	case 0x04C0:
		return capital('I', "PALOCHKA")
	case 0x050C:
		return capital('G', "KOMI SJE")
	case 0x051A:
		return capital('Q', "QA")
	case 0x051C:
		return capital('W', "WE")
	}
	return look{ordinary, r, ""}
}

func greekLook(r rune) look {
	small := func(as rune, name string) look { return look{letter, as, "GREEK SMALL LETTER " + name} }
	capital := func(as rune, name string) look { return look{letter, as, "GREEK CAPITAL LETTER " + name} }
	switch r {
	case 0x034F:
		return look{invisible, 0, "COMBINING GRAPHEME JOINER"}
	case 0x037E:
		return look{letter, ';', "GREEK QUESTION MARK"}
	case 0x03B1:
		return small('a', "ALPHA")
	case 0x03B9:
		return small('i', "IOTA")
	case 0x03BD:
		return small('v', "NU")
	case 0x03BF:
		return small('o', "OMICRON")
	case 0x03C1:
		return small('p', "RHO")
	case 0x03C5:
		return small('u', "UPSILON")
	case 0x03F2:
		return look{letter, 'c', "GREEK LUNATE SIGMA SYMBOL"}
	case 0x03F3:
		return look{letter, 'j', "GREEK LETTER YOT"}
	case 0x0391:
		return capital('A', "ALPHA")
	case 0x0392:
		return capital('B', "BETA")
	case 0x0395:
		return capital('E', "EPSILON")
	case 0x0396:
		return capital('Z', "ZETA")
	case 0x0397:
		return capital('H', "ETA")
	case 0x0399:
		return capital('I', "IOTA")
	case 0x039A:
		return capital('K', "KAPPA")
	case 0x039C:
		return capital('M', "MU")
	case 0x039D:
		return capital('N', "NU")
	case 0x039F:
		return capital('O', "OMICRON")
	case 0x03A1:
		return capital('P', "RHO")
	case 0x03A4:
		return capital('T', "TAU")
	case 0x03A5:
		return capital('Y', "UPSILON")
	case 0x03A7:
		return capital('X', "CHI")
	case 0x03F9:
		return capital('C', "LUNATE SIGMA SYMBOL")
	case 0x037F:
		return capital('J', "YOT")
	}
	return look{ordinary, r, ""}
}
