// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"net/http"

	"github.com/usher-signin/usher"
)

// situation is what a person is told of a failure that is no refused sign-in.
type situation struct {
	mood     mood
	title    text
	sentence text
}

type problemTables struct {
	byStatus map[int]situation
	byKind   map[string]situation
}

func newProblemTables() problemTables {
	return problemTables{byStatus: statuses(), byKind: gateKinds()}
}

// situation finds what to say: by the kind that the gate names, else by the
// status; with the sentence of the code where there is one.
func (w tables) situation(v Problem) situation {
	if s, ok := w.problems.byKind[v.Kind]; ok {
		return s
	}
	s, ok := w.problems.byStatus[v.Status]
	if !ok {
		nearest := http.StatusInternalServerError
		if v.Status >= 400 && v.Status < 500 {
			nearest = http.StatusBadRequest
		}
		s = w.problems.byStatus[nearest]
	}
	if t, ok := w.persons[v.Code]; ok {
		s.sentence = t.sentence
	}
	return s
}

//nolint:misspell // half of it is Dutch
func statuses() map[int]situation {
	ask, stop, odd, wait, lost, broken := mood{"blue", "repeat"}, mood{"amber", "lock"}, mood{"amber", "notice"}, mood{"blue", "clock"}, mood{"calm", "compass"}, mood{"red", "tools"}
	return map[int]situation{
		400: {ask, text{"This cannot be understood", "Dit is niet te begrijpen"},
			text{"The address or the form that your browser sent cannot be used. Start again from the application's first page.", "Het adres of formulier dat uw browser stuurde, is niet bruikbaar. Begin opnieuw vanaf de eerste pagina van de toepassing."}},
		401: {mood{"calm", "door"}, text{"Sign in first", "Meld u eerst aan"},
			text{"Nobody is signed in in this browser, or the session has ended.", "In deze browser is niemand aangemeld, of de sessie is afgelopen."}},
		403: {stop, text{"This is not open to you", "Dit staat niet voor u open"},
			text{"The request was not let through. Nothing was changed.", "Het verzoek is niet doorgelaten. Er is niets gewijzigd."}},
		404: {lost, text{"There is nothing here", "Hier is niets"},
			text{"This address leads to no page of this gateway. Perhaps a letter of it was lost.", "Dit adres leidt naar geen pagina van deze toegangspoort. Misschien is er een letter van weggevallen."}},
		405: {odd, text{"This cannot be done here", "Dit kan hier niet"},
			text{"This page cannot be used in this way. Go back, and use its own buttons.", "Deze pagina is niet op deze manier te gebruiken. Ga terug en gebruik de knoppen van de pagina."}},
		413: {odd, text{"That was too much", "Dat was te veel"},
			text{"More was sent than this page takes in.", "Er werd meer gestuurd dan deze pagina aanneemt."}},
		414: {lost, text{"This address is too long", "Dit adres is te lang"},
			text{"Shorten it, or start again from the application's first page.", "Maak het korter, of begin opnieuw vanaf de eerste pagina van de toepassing."}},
		421: {lost, text{"This host is not served here", "Deze host wordt hier niet bediend"},
			text{"No application is guarded under this host name.", "Onder deze hostnaam wordt geen toepassing bewaakt."}},
		429: {wait, text{"That was a little fast", "Dat ging iets te snel"},
			text{"More requests came from your network than are taken in at once. Wait a moment, then try again.", "Er kwamen meer verzoeken van uw netwerk dan er tegelijk worden aangenomen. Wacht even en probeer het dan opnieuw."}},
		431: {odd, text{"Your browser sent too much", "Uw browser stuurde te veel"},
			text{"The cookies of this site have grown too large. Remove them, then try again.", "De cookies van deze site zijn te groot geworden. Verwijder ze en probeer het dan opnieuw."}},
		500: {broken, text{"Something went wrong here", "Er ging hier iets mis"},
			text{"It is our fault, not yours, and it was noted. Try again in a minute.", "Het ligt aan ons, niet aan u, en het is genoteerd. Probeer het over een minuut opnieuw."}},
		502: {wait, text{"No answer from behind", "Geen antwoord van hierachter"},
			text{"This gateway works, but what is behind it does not answer. Try again in a minute.", "Deze toegangspoort werkt, maar wat erachter staat, antwoordt niet. Probeer het over een minuut opnieuw."}},
		503: {wait, text{"Not possible right now", "Nu niet mogelijk"},
			text{"Whoever is signed in stays signed in. Try again in a few minutes.", "Wie is aangemeld, blijft aangemeld. Probeer het over een paar minuten opnieuw."}},
		504: {wait, text{"That took too long", "Dat duurde te lang"},
			text{"This gateway works, but what is behind it took too long to answer. Try again in a minute.", "Deze toegangspoort werkt, maar wat erachter staat, deed te lang over een antwoord. Probeer het over een minuut opnieuw."}},
	}
}

// gateKinds are the failures that the gate tells apart, by its own words.
//
//nolint:misspell // half of it is Dutch
func gateKinds() map[string]situation {
	odd, wait, lost, broken := mood{"amber", "notice"}, mood{"blue", "clock"}, mood{"calm", "compass"}, mood{"red", "tools"}
	return map[string]situation{
		"not-covered": {lost, text{"There is no application here", "Hier is geen toepassing"},
			text{"No application is guarded at this address.", "Op dit adres wordt geen toepassing bewaakt."}},
		"malformed": {lost, text{"This address is ambiguous", "Dit adres is dubbelzinnig"},
			text{"It could be read in more than one way, so it was not passed on. Start again from the application's first page.", "Het is op meer dan één manier te lezen en is daarom niet doorgegeven. Begin opnieuw vanaf de eerste pagina van de toepassing."}},
		"untold": {broken, text{"The way here is not set up properly", "De weg hierheen is niet goed ingesteld"},
			text{"The server in front of this gateway does not say what was asked for, or may not say it. You cannot mend this yourself.", "De server vóór deze toegangspoort zegt niet wat er gevraagd werd, of mag dat niet zeggen. U kunt dit niet zelf verhelpen."}},
		"signed-out": {mood{"calm", "door"}, text{"Your session has ended", "Uw sessie is afgelopen"},
			text{"What you sent was not passed on. To keep what you wrote, sign in in another tab, then come back here and send it again.", "Wat u verstuurde, is niet doorgegeven. Om te bewaren wat u schreef: meld u in een ander tabblad aan, kom hier terug en verstuur het opnieuw."}},
		"unavailable": {wait, text{"Not possible right now", "Nu niet mogelijk"},
			text{"It cannot be said at the moment who is signed in. Try again in a minute.", "Er is op dit moment niet te zeggen wie er is aangemeld. Probeer het over een minuut opnieuw."}},
		"again": {wait, text{"Load this page again", "Laad deze pagina opnieuw"},
			text{"Something changed while you asked. The next time it will work.", "Er veranderde iets terwijl u vroeg. De volgende keer lukt het."}},
		"no-upstream": {wait, text{"The application does not answer", "De toepassing antwoordt niet"},
			text{"You are signed in and let through, but the application behind this gateway does not answer. Try again in a minute.", "U bent aangemeld en doorgelaten, maar de toepassing achter deze toegangspoort antwoordt niet. Probeer het over een minuut opnieuw."}},
		"too-slow": {wait, text{"The application took too long", "De toepassing deed er te lang over"},
			text{"You are signed in and let through, but the application behind this gateway did not answer in time. Try again in a minute.", "U bent aangemeld en doorgelaten, maar de toepassing achter deze toegangspoort antwoordde niet op tijd. Probeer het over een minuut opnieuw."}},
		"body": {odd, text{"What you sent did not arrive whole", "Wat u verstuurde, kwam niet heel aan"},
			text{"It broke off on the way here, and the application may have got a part of it. Look there what became of it before you send it again.", "Het brak onderweg af, en de toepassing kan er een deel van gekregen hebben. Kijk daar wat ervan geworden is voordat u het opnieuw verstuurt."}},
		"not-here": {broken, text{"This application is served elsewhere", "Deze toepassing staat elders"},
			text{"It is guarded here, but another server passes it on. The way there is not set up properly.", "Ze wordt hier bewaakt, maar een andere server geeft haar door. De weg daarheen is niet goed ingesteld."}},
		"token": {odd, text{"This program is not let in", "Dit programma wordt niet toegelaten"},
			text{"The pass that the program sent along is not taken here.", "Het bewijs dat het programma meestuurde, wordt hier niet aangenomen."}},
		"method": {odd, text{"This cannot be done here", "Dit kan hier niet"},
			text{"Requests of this method are never passed on to applications.", "Verzoeken met deze methode worden nooit aan toepassingen doorgegeven."}},
	}
}

// vendorSays gives the key of what the vendor's product says for a code; empty:
// nothing.
func vendorSays(code usher.Code) string {
	if code.Symptom() == usher.SymptomNoRightMatching {
		return "vendor.no-right-matching"
	}
	return ""
}
