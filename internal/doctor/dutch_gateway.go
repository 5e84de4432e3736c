// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchGateway is what is said of the gateway's own side, as probes see it.
func dutchGateway(english string) string {
	switch english {
	case "sign-ins that worked still do":
		return "aanmeldingen die lukten lukken nog"
	case "sign-ins began to fail at %s, and the file was not changed then":
		return "aanmeldingen begonnen te mislukken om %s, en het bestand werd toen niet gewijzigd"
	case "sign-ins began to fail at %s; the file was changed at %s, in a secret or in what does not count":
		return "aanmeldingen begonnen te mislukken om %s; het bestand werd gewijzigd om %s, in een geheim of in wat niet telt"
	case "sign-ins began to fail at %s; %s was changed at %s":
		return "aanmeldingen begonnen te mislukken om %s; %s werd gewijzigd om %s"
	case "%s: before %s, then %s":
		return "%s: eerst %s, daarna %s"
	case "since":
		return "sinds"
	case "look at what may have changed on the provider's side: the secret, the list of callbacks, scopes, groups; or on the way there: certificates, proxies, the clock":
		return "kijk wat er bij de provider veranderd kan zijn: het geheim, de lijst van callbacks, scopes, groepen; of op de weg erheen: certificaten, proxy's, de klok"
	case "see whether that change was meant; before it the file was revision %s":
		return "zie of die wijziging de bedoeling was; daarvoor was het bestand revisie %s"
	case "usher: stopped; what was seen until then follows":
		return "usher: gestopt; wat tot dan toe gezien is volgt"
	case "this machine":
		return "deze machine"
	case "this machine, and the running gateway: %s":
		return "deze machine, en de draaiende gateway: %s"
	case "looking: %d of %d":
		return "kijken: %d van %d"
	case "no application answers without a sign-in":
		return "geen applicatie antwoordt zonder aanmelding"
	case "the application answers at %s without a sign-in":
		return "de applicatie antwoordt op %s zonder aanmelding"
	case "the front server asked usher, and did not heed the answer":
		return "de voorste server vroeg het aan usher, en hield zich niet aan het antwoord"
	case "nobody asked usher first":
		return "niemand vroeg het eerst aan usher"
	case "let the front server ask usher before every request to the application: usher front nginx %s prints how; and let nothing reach it another way":
		return "laat de voorste server vóór elk verzoek aan de applicatie usher vragen: usher front nginx %s drukt af hoe; en laat niets haar langs een andere weg bereiken"
	case "usher's own pages and its reverse proxy do without it; a front server that asks usher for verdicts must send it":
		return "de eigen pagina's van usher en zijn reverse proxy kunnen zonder; een voorste server die usher om oordelen vraagt moet het sturen"
	case "browsers speak %s to %s, and the front server does not say so when it asks for a verdict":
		return "browsers spreken %s met %s, en de voorste server zegt dat niet als hij om een oordeel vraagt"
	case "browsers ask for %s, and the front server does not say so when it asks for a verdict":
		return "browsers vragen om %s, en de voorste server zegt dat niet als hij om een oordeel vraagt"
	case "let the front server pass the host on; in nginx: proxy_set_header Host $host;":
		return "laat de voorste server de host doorgeven; in nginx: proxy_set_header Host $host;"
	case "the front server %s asks for verdicts on %s, and is not trusted: everything is refused":
		return "de voorste server %s vraagt om oordelen over %s, en wordt niet vertrouwd: alles wordt geweigerd"
	case "sign-ins work; every browser is taken to be at the proxy's address, in records and in limits":
		return "aanmelden gaat; elke browser wordt geacht op het adres van de proxy te zitten, in de vastlegging en bij grenzen"
	case "a client can say which host was asked for: the front server passes on the X-Forwarded-Host that it was sent":
		return "een client kan zeggen om welke host gevraagd werd: de voorste server geeft de X-Forwarded-Host door die hij kreeg"
	case "let the front server set X-Forwarded-Host itself, over whatever came; in nginx: proxy_set_header X-Forwarded-Host $host;":
		return "laat de voorste server X-Forwarded-Host zelf zetten, over wat er ook kwam; in nginx: proxy_set_header X-Forwarded-Host $host;"
	case "not known: the request that would have shown it was not answered":
		return "niet bekend: het verzoek dat het had laten zien werd niet beantwoord"
	case "usher doctor %s, once more":
		return "usher doctor %s, nog een keer"
	case "not known: whether the gateway can read %s (%s)":
		return "niet bekend: of de gateway %s kan lezen (%s)"
	case "this user may not read it":
		return "deze gebruiker mag het niet lezen"
	case "no gateway has run with this file on this machine":
		return "op deze machine heeft geen gateway met dit bestand gedraaid"
	case "usher doctor %s, on the gateway's machine, as the user that usher runs as":
		return "usher doctor %s, op de machine van de gateway, als de gebruiker waaronder usher draait"
	}
	return ""
}
