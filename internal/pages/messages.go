// SPDX-License-Identifier: Apache-2.0

package pages

// messages are the words of the pages' frames, by key. Sentences about what
// went wrong are in the tables beside it.
//
//nolint:misspell // half of it is Dutch
func messages() map[string]text {
	return map[string]text{
		"frame.guarded":     {"Guarded by usher", "Bewaakt door usher"},
		"frame.stage":       {"Stage", "Stage"},
		"frame.development": {"Development", "Ontwikkeling"},

		"choose.title":   {"Sign in", "Aanmelden"},
		"choose.one":     {"Use the account that your organization gave you.", "Gebruik het account dat u van uw organisatie hebt gekregen."},
		"choose.several": {"Choose the account that your organization gave you.", "Kies het account dat u van uw organisatie hebt gekregen."},
		"choose.with":    {"Sign in with {}", "Aanmelden met {}"},
		"choose.none":    {"There is no account to sign in with yet. An administrator has to set one up.", "Er is nog geen account om mee aan te melden. Een beheerder moet er een instellen."},
		"choose.return":  {"Afterwards you go on to {}.", "Daarna gaat u verder naar {}."},

		"notice.signed-out":     {"You are signed out.", "U bent afgemeld."},
		"notice.ended":          {"Your session has ended. Sign in to go on.", "Uw sessie is afgelopen. Meld u aan om verder te gaan."},
		"notice.provider-down":  {"The sign-in service does not answer at the moment. You can try, but it may not work yet.", "De aanmelddienst antwoordt op dit moment niet. U kunt het proberen, maar misschien werkt het nog niet."},
		"notice.provider-since": {"The sign-in service has not answered since {}. You can try, but it may not work yet.", "De aanmelddienst antwoordt niet sinds {}. U kunt het proberen, maar misschien werkt het nog niet."},

		"reference.label": {"Reference", "Referentie"},
		"reference.give":  {"Give this reference to {}. It shows what happened, step by step, and what has to change.", "Geef deze referentie aan {}. Daarmee is stap voor stap te zien wat er gebeurde en wat er moet veranderen."},
		"reference.again": {"If it goes wrong again, give this reference to {}.", "Als het weer misgaat, geef deze referentie dan aan {}."},
		"reference.none":  {"No reference could be kept this time. Note the time, and tell it to {}.", "Er kon deze keer geen referentie worden bewaard. Noteer het tijdstip en geef dat door aan {}."},
		"reference.ask":   {"If you need help, ask {}.", "Als u hulp nodig hebt, vraag {}."},
		"request.label":   {"Request", "Verzoek"},
		"contact.nobody":  {"the administrator of this instance", "de beheerder van deze instantie"},

		"vendor.says": {"The application itself would put it like this:", "De toepassing zelf zou het zo zeggen:"},
		"vendor.no-right-matching": {
			"Login does not have any right matching the expression",
			"Login heeft geen recht dat de uitdrukking aanpast",
		},

		"act.again":  {"Try again", "Opnieuw proberen"},
		"act.start":  {"Start again", "Opnieuw beginnen"},
		"act.other":  {"Sign in as somebody else", "Ander account gebruiken"},
		"act.signin": {"Sign in", "Aanmelden"},
		"act.home":   {"To your own page", "Naar uw eigen pagina"},

		"allowed.title": {"This application is not open to you", "Deze toepassing staat niet voor u open"},
		"allowed.why":   {"You are signed in, but none of your operator groups may use {}.", "U bent aangemeld, maar geen van uw operatorgroepen mag {} gebruiken."},
		"allowed.who":   {"Signed in as {}", "Aangemeld als {}"},

		"out.title":  {"You are signed out", "U bent afgemeld"},
		"out.here":   {"Your session here has ended. Other sign-ins of your organization may still be open: on a shared computer, close the browser as well.", "Uw sessie hier is beëindigd. Andere aanmeldingen van uw organisatie kunnen nog open zijn: sluit op een gedeelde computer ook de browser."},
		"out.there":  {"Your session has ended, here and at {}. On a shared computer, close the browser as well.", "Uw sessie is beëindigd, hier en bij {}. Sluit op een gedeelde computer ook de browser."},
		"out.not":    {"Your session here has ended. At {} you are still signed in: on a shared computer, sign out there and close the browser.", "Uw sessie hier is beëindigd. Bij {} bent u nog aangemeld: meld u op een gedeelde computer ook daar af en sluit de browser."},
		"out.signin": {"Sign in again", "Opnieuw aanmelden"},

		"rehearsed.title":   {"The rehearsal is over", "De repetitie is afgelopen"},
		"rehearsed.return":  {"Return to the terminal: it shows what happened, step by step.", "Ga terug naar de terminal: die toont stap voor stap wat er gebeurde."},
		"rehearsed.carry":   {"Carry this page's address to the terminal", "Breng het adres van deze pagina naar de terminal"},
		"rehearsed.address": {"No rehearsal waits for it at this gateway. Copy the whole address of this page and paste it into the terminal where the rehearsal was begun; it works once, and not for long.", "Bij deze poort wacht er geen repetitie op. Kopieer het hele adres van deze pagina en plak het in de terminal waar de repetitie begon; het werkt één keer, en niet lang."},
		"rehearsed.nothing": {"A rehearsal signs nobody in, and grants nothing.", "Een repetitie meldt niemand aan en geeft nergens recht op."},

		"confirm.title": {"Sign out?", "Afmelden?"},
		"confirm.what":  {"You will be signed out here, of every application behind this gateway, and, where it allows that, at the sign-in service of your organization.", "U wordt afgemeld: hier, bij elke toepassing achter deze poort en, waar dat kan, bij de aanmelddienst van uw organisatie."},
		"confirm.yes":   {"Sign out", "Afmelden"},
		"confirm.no":    {"Stay signed in", "Aangemeld blijven"},

		"home.title":   {"You are signed in", "U bent aangemeld"},
		"home.open":    {"Applications", "Toepassingen"},
		"home.noapps":  {"No application is guarded here yet.", "Er wordt hier nog geen toepassing bewaakt."},
		"home.closed":  {"Not open to you", "Staat niet voor u open"},
		"home.groups":  {"Operator groups", "Operatorgroepen"},
		"home.rights":  {"Rights", "Rechten"},
		"home.none":    {"None", "Geen"},
		"home.more":    {"and {} more", "en nog {}"},
		"home.session": {"Session", "Sessie"},
		"home.ends":    {"Until {} ({} left).", "Tot {} (nog {})."},
		"home.idle":    {"It ends earlier if you do nothing for {}.", "Hij eindigt eerder als u {} niets doet."},
		"home.signout": {"Sign out", "Afmelden"},

		"loop.title":   {"We stopped a loop", "We hebben een kringloop gestopt"},
		"loop.what":    {"Your browser was sent to sign in again and again, so we stopped here. You have done nothing wrong.", "Uw browser werd steeds opnieuw naar het aanmelden gestuurd; daarom zijn we hier gestopt. U hebt niets verkeerd gedaan."},
		"loop.reason":  {"The probable reason", "De waarschijnlijke reden"},
		"loop.reasons": {"The probable reasons, the likeliest first", "De waarschijnlijke redenen, de meest waarschijnlijke eerst"},
		"loop.seen":    {"What we saw in your browser's requests", "Wat we in de verzoeken van uw browser zagen"},
		"loop.plain":   {"The application was opened at an address that begins with http://, and browsers keep our cookie only over https. Open it with https://; if that does not work, an administrator has to set it up.", "De toepassing werd geopend op een adres dat met http:// begint, en browsers bewaren onze cookie alleen via https. Open haar met https://; werkt dat niet, dan moet een beheerder dat instellen."},
		"loop.cookies": {"Your browser does not send the cookie of this site back. Allow cookies for it, or leave private browsing, and try again.", "Uw browser stuurt de cookie van deze site niet terug. Sta cookies voor deze site toe, of verlaat de privémodus, en probeer het opnieuw."},
		"loop.twice":   {"Your browser has more than one cookie of the same name, and it cannot be told which one is right. Remove the cookies of this site, then try again.", "Uw browser heeft meer dan één cookie met dezelfde naam, en het is niet te zien welke de juiste is. Verwijder de cookies van deze site en probeer het opnieuw."},
		"loop.ended":   {"Each new session was over before it was used: it was ended, or this site runs on several servers that do not share what they know. An administrator has to look at that.", "Elke nieuwe sessie was voorbij voordat ze werd gebruikt: ze is beëindigd, of deze site draait op meerdere servers die niet delen wat ze weten. Een beheerder moet daarnaar kijken."},
		"loop.host":    {"You came by another address of this site than the one it signs in on. Open the application at its usual address.", "U kwam binnen via een ander adres van deze site dan dat waarop wordt aangemeld. Open de toepassing via het gewone adres."},
		"loop.front":   {"The server in front of this site does not pass on your session. An administrator has to mend that.", "De server vóór deze site geeft uw sessie niet door. Een beheerder moet dat verhelpen."},
		"loop.unknown": {"It could not be told for sure. Closing every window of this site and trying again helps most often.", "Dat is niet met zekerheid te zeggen. Meestal helpt het om alle vensters van deze site te sluiten en het opnieuw te proberen."},

		"sign.rounds":       {"{} sign-ins for the same address within {} seconds.", "{} aanmeldingen voor hetzelfde adres binnen {} seconden."},
		"sign.plain":        {"The address asked for is {}.", "Het gevraagde adres is {}."},
		"sign.proto":        {"The server in front, {}, says that your browser came over http.", "De server ervóór, {}, zegt dat uw browser via http kwam."},
		"sign.untrusted":    {"Forwarding headers came from {}, whose word is not taken here.", "Er kwamen doorstuurkoppen van {}, dat hier niet wordt geloofd."},
		"sign.nocookie":     {"A cookie that was set a moment before did not come back.", "Een cookie die net was gezet, kwam niet terug."},
		"sign.nosession":    {"On {} no session cookie came with your browser's request.", "Op {} kwam geen sessiecookie met het verzoek van uw browser mee."},
		"sign.lostsession":  {"The session cookie that was set at {} did not come back.", "De sessiecookie die om {} werd gezet, kwam niet terug."},
		"sign.twice":        {"{} different session cookies came with one request on {}.", "{} verschillende sessiecookies kwamen met één verzoek mee op {}."},
		"sign.other":        {"Another session cookie came than the one that was set at {}.", "Er kwam een andere sessiecookie dan die om {} werd gezet."},
		"sign.ended":        {"The cookie of the session that was opened at {} came back, and that session is not open.", "De cookie van de sessie die om {} werd geopend, kwam terug, en die sessie is niet open."},
		"sign.here":         {"On {} your browser sent the cookie of an open session, and the application asked for a sign-in all the same.", "Op {} stuurde uw browser de cookie van een open sessie, en toch vroeg de toepassing om aanmelding."},
		"sign.otherhost":    {"The application is on {}, and signing in happens on {}.", "De toepassing staat op {}, en aanmelden gebeurt op {}."},
		"sign.nothingfound": {"Everything that we saw looked as it should.", "Alles wat we zagen, zag eruit zoals het hoort."},

		"wait.seconds": {"Try again in {} seconds.", "Probeer het over {} seconden opnieuw."},

		"unit.minute":  {"minute", "minuut"},
		"unit.minutes": {"minutes", "minuten"},
		"unit.hour":    {"hour", "uur"},
		"unit.hours":   {"hours", "uur"},
		"unit.day":     {"day", "dag"},
		"unit.days":    {"days", "dagen"},
		"unit.and":     {"and", "en"},
		"unit.soon":    {"less than a minute", "minder dan een minuut"},
		"months": {
			"January February March April May June July August September October November December",
			"januari februari maart april mei juni juli augustus september oktober november december",
		},
	}
}
