// SPDX-License-Identifier: Apache-2.0

package pages

// A kind of refusal decides everything of the page but its sentence: who can
// do something about it, and what.
type kind uint8

const (
	settings kind = iota // only an administrator can mend it; the kind of every code that nobody placed
	rights               // the organization, or an administrator, has to give something
	another              // the person used another account than the one for here
	again                // beginning anew helps
	waiting              // it passes by itself
)

// A mood is a page's color and drawing.
type mood struct{ Class, Icon string }

// manner is how a kind of refusal is presented.
type manner struct {
	title text
	mood  mood
	next  text   // what to do, after the sentence
	help  string // key of what to do with the reference
	again string // key of the button that begins anew
	other bool   // signing in as somebody else is what helps most
	helps bool   // beginning anew helps
	// switching says that signing in as somebody else may help.
	switching bool
}

func kinds() map[kind]manner {
	return map[kind]manner{
		rights: {
			title: text{"You could not be signed in", "U kon niet worden aangemeld"},
			mood:  mood{"amber", "lock"},
			next:  text{"You have done nothing wrong, and trying again does not help before something has changed.", "U hebt niets verkeerd gedaan, en opnieuw proberen helpt pas als er iets veranderd is."},
			help:  "reference.give", again: "act.again", switching: true,
		},
		another: {
			title: text{"You could not be signed in", "U kon niet worden aangemeld"},
			mood:  mood{"amber", "person"},
			next:  text{"If you have more than one account, sign in with the other one.", "Als u meer dan één account hebt, meld u dan aan met het andere."},
			help:  "reference.give", again: "act.again", other: true,
		},
		again: {
			title: text{"Please sign in once more", "Meld u nog een keer aan"},
			mood:  mood{"blue", "repeat"},
			next:  text{"Start again; it usually works the second time.", "Begin opnieuw; de tweede keer lukt het meestal."},
			help:  "reference.again", again: "act.start", helps: true, switching: true,
		},
		waiting: {
			title: text{"Signing in is not possible right now", "Aanmelden is nu niet mogelijk"},
			mood:  mood{"blue", "clock"},
			next:  text{"Whoever is signed in stays signed in. Try again in a few minutes.", "Wie is aangemeld, blijft aangemeld. Probeer het over een paar minuten opnieuw."},
			help:  "reference.again", again: "act.again", helps: true,
		},
		settings: {
			title: text{"Signing in is not set up properly", "Het aanmelden is niet goed ingesteld"},
			mood:  mood{"red", "tools"},
			next:  text{"This is not your fault, and you cannot mend it yourself.", "Dit is niet uw fout, en u kunt het niet zelf verhelpen."},
			help:  "reference.give", again: "act.again",
		},
	}
}
