// SPDX-License-Identifier: Apache-2.0

package pages

import "github.com/usher-signin/usher"

func dutch() *texts {
	const notYours = "Adobe kent u, maar geen van uw productprofielen geeft u hier een groep."
	const settings = "Het aanmelden bij deze instantie is niet goed ingesteld en is daarom niet begonnen. U kunt dit niet zelf verhelpen."
	const again = "Deze aanmelding kan niet worden voortgezet. Begin opnieuw; de tweede keer lukt het meestal."
	return &texts{
		SignIn: "Aanmelden", SignInLead: "Gebruik het account van uw organisatie.", SignInWith: "Aanmelden met",
		NoAccount:    "Er is geen account om mee aan te melden. Een beheerder moet er een instellen.",
		RefusedTitle: "U kon niet worden aangemeld", NoRightMatching: "Login heeft geen recht dat de uitdrukking aanpast",
		VendorSays: "De toepassing zelf zegt het zo:",
		Reference:  "Referentie", ReferenceLead: "Een beheerder vindt hiermee de precieze reden.",
		NoReference: "Hiervoor kon geen referentie worden bewaard. Noteer het tijdstip.",
		Ask:         "Vraag", AskSomebody: "Vraag de beheerder van deze instantie.",
		TryAgain: "Opnieuw proberen", SomebodyElse: "Als iemand anders aanmelden",
		NotAllowedTitle: "Deze toepassing staat niet voor u open", NotAllowed: "U bent aangemeld, maar geen van uw operatorgroepen mag deze toepassing gebruiken:",
		SignedInAs: "Aangemeld als",
		SignedOut:  "U bent afgemeld", SignedOutLead: "Uw sessie is hier beëindigd. Sluit op een gedeelde computer ook de browser.", SignInAgain: "Opnieuw aanmelden",
		SignOut: "Afmelden", SignOutLead: "U wordt hier afgemeld, in elke toepassing achter deze poort, en bij uw identiteitsprovider.", StaySignedIn: "Aangemeld blijven",
		SignedIn: "U bent aangemeld", Groups: "Operatorgroepen", Rights: "Rechten", NoRights: "Geen",
		Applications: "Toepassingen", NoApplications: "Er is nog geen toepassing ingesteld.", MayNot: "staat niet voor u open",
		Until: "Aangemeld tot", Idle: "Of tot u zo lang weg bent:",
		Home:  "Uw aanmelding",
		Other: "Er klopt iets niet aan deze aanmelding.",
		codes: map[usher.Code]string{
			usher.CodeAccountMissing:         settings,
			usher.CodeAccountDisabled:        "Aanmelden met dit account is op dit moment uitgeschakeld.",
			usher.CodeProductContextValue:    settings,
			usher.CodeProductContextMismatch: "Adobe kent u, maar uw organisatie gaf u een ander product dan dat van deze instantie.",
			usher.CodeIMSServerURL:           settings,
			usher.CodeUserNotInGroup:         notYours,
			usher.CodeMaskMatchesNothing:     notYours,
			usher.CodeMaskKind:               settings,
			usher.CodeMaskBlanks:             notYours,
			usher.CodeNameMisspelled:         notYours,
			usher.CodeOperatorGroupUnknown:   notYours,
			usher.CodeTooManyGroups:          "Uw account zit in meer groepen dan hier gelezen kunnen worden.",
			usher.CodeScopeNotProvisioned:    "De identiteitsprovider aanvaardde niet wat deze instantie vraagt. U kunt dit niet zelf verhelpen.",
			usher.CodeCallbackNotHTTPS:       settings,
			usher.CodeCallbackNotListed:      settings,
			usher.CodeCallbackWrongInstance:  settings,
			usher.CodeClientIDUnknown:        "De identiteitsprovider kent deze instantie niet. U kunt dit niet zelf verhelpen.",
			usher.CodeClientSecretWrong:      "De identiteitsprovider aanvaardde het geheim van deze instantie niet. U kunt dit niet zelf verhelpen.",
			usher.CodeStateMissing:           again,
			usher.CodeStateUnknown:           "Deze pagina is al gebruikt, of komt niet van hier. Begin opnieuw.",
			usher.CodeStateExpired:           "Deze aanmelding duurde te lang. Begin opnieuw.",
			usher.CodeStateCookieMissing:     "Deze aanmelding is in een andere browser begonnen, of uw browser bewaart haar cookie niet. Begin opnieuw in dit venster.",
			usher.CodeProviderError:          "De identiteitsprovider heeft u niet aangemeld.",
			usher.CodeProviderUnreachable:    "De identiteitsprovider is op dit moment niet bereikbaar. Wie aangemeld is, blijft aangemeld; probeer het over enkele minuten opnieuw.",
			usher.CodeProviderMetadata:       "Het antwoord van de identiteitsprovider is op dit moment niet bruikbaar.",
			usher.CodeProviderIssuer:         "Het antwoord van de identiteitsprovider is niet het verwachte.",
			usher.CodeTokenRefused:           "De identiteitsprovider heeft de aanmelding niet voltooid. Begin opnieuw.",
			usher.CodeIDTokenInvalid:         "Het antwoord van de identiteitsprovider doorstond onze controles niet.",
			usher.CodeProfileInvalid:         "De identiteitsprovider zei niet op een bruikbare manier wie u bent.",
			usher.CodeOrganizationMismatch:   "Uw account hoort bij een andere organisatie dan deze instantie.",
			usher.CodeSessionStoreDown:       "De eigen database van de poort antwoordt op dit moment niet. Probeer het over een minuut opnieuw.",
			usher.CodeApplicationUnknown:     "Op dit adres wordt geen toepassing bewaakt.",
			usher.CodeRequestNotCanonical:    "Dit adres is op meer dan één manier te lezen en is daarom niet doorgegeven.",
			"group-overage":                  "Uw account zit in zoveel groepen dat de identiteitsprovider ze niet noemde.",
		},
		titles: map[int]string{400: "Dit adres is niet bruikbaar", 401: "Meld u eerst aan", 403: "Dit staat niet voor u open", 404: "Hier is niets", 405: "Dit kan hier niet",
			413: "Dat was te veel", 414: "Dit adres is te lang", 421: "Deze host wordt hier niet bediend", 500: "Hier ging iets mis", 502: "De toepassing antwoordt niet", 503: "Op dit moment niet beschikbaar", 504: "De toepassing deed er te lang over"},
		problems: map[int]string{400: "Het verzoek is zo niet te begrijpen.", 401: "In dit venster is niemand aangemeld.", 403: "Het verzoek is niet doorgelaten.", 404: "Op dit adres staat geen pagina van deze poort.",
			405: "Deze pagina wordt gelezen, niet beschreven.", 413: "Er werd meer gestuurd dan deze pagina aanneemt.", 414: "Maak het adres korter, of begin opnieuw op de eerste pagina van de toepassing.", 421: "Voor deze hostnaam is geen toepassing ingesteld.",
			500: "Het is genoteerd. Probeer het over een minuut opnieuw.", 502: "De poort werkt, de toepassing erachter antwoordt niet. Probeer het over een minuut opnieuw.", 503: "Probeer het over een minuut opnieuw.", 504: "De poort werkt, de toepassing erachter deed er te lang over."},
	}
}
