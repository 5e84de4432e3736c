// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchWords has headings, facts, symptoms and weights.
func dutchWords(english string) string {
	switch english {
	case "file":
		return "bestand"
	case "process":
		return "proces"
	case "network":
		return "netwerk"
	case "identity":
		return "identiteit"
	case "mapping":
		return "toewijzing"
	case "browser":
		return "browser"
	case "%d causes found":
		return "%d oorzaken gevonden"
	case "1 cause found":
		return "1 oorzaak gevonden"
	case "%d consequences folded (-v unfolds them)":
		return "%d gevolgen ingeklapt (-v klapt ze uit)"
	case "%d checks hold":
		return "%d controles kloppen"
	case "1 check holds":
		return "1 controle klopt"
	case "%s, 1 fails":
		return "%s, 1 niet"
	case "%s, %d fail":
		return "%s, %d niet"
	case "folded":
		return "gevolg"
	case "saw":
		return "gezien"
	case "want":
		return "gewenst"
	case "fix":
		return "herstel"
	case "(changes who may enter)":
		return "(verandert wie er binnen mag)"
	case "and %d lines more (-v shows them)":
		return "en nog %d regels (-v toont ze)"
	case "and %d more":
		return "en nog %d"
	case "not checked: %s; to settle: %s":
		return "niet gecontroleerd: %s; om het te weten: %s"
	case "%d results: %s, %s, %d not known, %d moot, %d hold":
		return "%d uitkomsten: %s, %s, %d niet bekend, %d onbeslist door iets anders, %d kloppen"
	case "1 error":
		return "1 fout"
	case "%d errors":
		return "%d fouten"
	case "1 warning":
		return "1 waarschuwing"
	case "%d warnings":
		return "%d waarschuwingen"
	case "suppressed: %s (%s): %s":
		return "aanvaard: %s (%s): %s"
	case "more on a finding: usher explain CODE":
		return "meer over een bevinding: usher explain CODE"
	case "usher %s   instance %s   %s (revision %s)   seen from: %s":
		return "usher %s   instantie %s   %s (revisie %s)   gezien vanuit: %s"
	case "the file alone":
		return "alleen het bestand"
	case "sign-in %s   %s   %s":
		return "aanmelding %s   %s   %s"
	case "nobody yet: the provider said nothing of the person":
		return "nog niemand: de provider zei niets over de persoon"
	case "person":
		return "persoon"
	case "account":
		return "account"
	case "wanted":
		return "wilde"
	case "signed in":
		return "aangemeld"
	case "refused":
		return "geweigerd"
	case "never finished":
		return "nooit afgerond"
	case "not reached":
		return "niet bereikt"
	case "the file has changed since: the sign-in ran with revision %s, this is %s":
		return "het bestand is sindsdien veranderd: de aanmelding liep met revisie %s, dit is %s"
	case "not decided, the likeliest first:":
		return "niet beslist, het waarschijnlijkste eerst:"
	case "%s: ruled out, %s":
		return "%s: uitgesloten, %s"
	case "%s: %s; to settle: %s":
		return "%s: %s; om het te weten: %s"
	case "symptom %s: %s":
		return "symptoom %s: %s"
	case "not judged until the above is mended: %s":
		return "niet beoordeeld tot het bovenstaande hersteld is: %s"
	case "the usual cause":
		return "de gebruikelijke oorzaak"
	case "a likely cause":
		return "een waarschijnlijke oorzaak"
	case "sometimes the cause":
		return "soms de oorzaak"
	case "rarely the cause":
		return "zelden de oorzaak"
	case "the person lands on adobe.com":
		return "de persoon komt op adobe.com terecht"
	case "“Login does not have any right matching the expression”":
		return "“Login heeft geen recht dat de uitdrukking aanpast” (Login does not have any right matching the expression)"
	case "the login page of the provider does not come":
		return "de aanmeldpagina van de provider komt niet"
	case "one workstation fails, all others work":
		return "één werkstation faalt, alle andere werken"
	case "back at the login page again and again":
		return "steeds weer terug bij de aanmeldpagina"
	case "an error page after signing in at the provider":
		return "een foutpagina na het aanmelden bij de provider"
	case "one person cannot sign in, all others can":
		return "één persoon kan zich niet aanmelden, alle anderen wel"
	case "signed in, but the application fails":
		return "aangemeld, maar de toepassing faalt"
	case "%s can sign in, as %s":
		return "%s kan zich aanmelden, als %s"
	case "%s cannot sign in":
		return "%s kan zich niet aanmelden"
	case "%s: not known, %s does not list the organization's directory groups":
		return "%s: niet bekend, %s noemt de directorygroepen van de organisatie niet"
	case "the organization, as written in %s, does not name this person":
		return "de organisatie, zoals opgeschreven in %s, noemt deze persoon niet"
	case "directory group":
		return "directorygroep"
	case "mask":
		return "masker"
	case "remainder":
		return "rest"
	case "operator group":
		return "operatorgroep"
	case "verdict":
		return "oordeel"
	case "no":
		return "nee"
	case "yes":
		return "ja"
	case "in":
		return "erin"
	case "another product, or another tenant":
		return "een ander product, of een andere tenant"
	case "no operator group of that name":
		return "geen operatorgroep met die naam"
	case "near miss: %s":
		return "net mis: %s"
	case "with the fix of %s:":
		return "met het herstel van %s:"
	case "gain":
		return "krijgt"
	case "lose":
		return "verliest"
	case "nobody":
		return "niemand"
	case "through, or why not":
		return "via, of waarom niet"
	case "%d people, %d can sign in":
		return "%d mensen, %d kunnen zich aanmelden"
	case "the configuration":
		return "de configuratie"
	case "the provider's side":
		return "de kant van de provider"
	case "the other instances":
		return "de andere instanties"
	case "the provider's metadata":
		return "de metadata van de provider"
	case "the provider's signing keys":
		return "de ondertekeningssleutels van de provider"
	case "where sign-in requests land":
		return "waar aanmeldverzoeken uitkomen"
	case "what the token endpoint answers":
		return "wat het token-eindpunt antwoordt"
	case "the way to the provider":
		return "de weg naar de provider"
	case "the provider's clock":
		return "de klok van de provider"
	case "the public address as a browser meets it":
		return "het publieke adres zoals een browser het ontmoet"
	case "the database":
		return "de database"
	case "the running gateways":
		return "de draaiende gateways"
	case "earlier revisions of the file":
		return "eerdere revisies van het bestand"
	case "files that the configuration points to":
		return "bestanden waarnaar de configuratie wijst"
	case "the gateway's environment":
		return "de omgeving van de gateway"
	case "the applications' upstreams":
		return "de upstreams van de toepassingen"
	case "whom it is about":
		return "om wie het gaat"
	case "what the provider says of a person":
		return "wat de provider over een persoon zegt"
	case "a recorded attempt":
		return "een vastgelegde poging"
	case "the recent attempts":
		return "de recente pogingen"
	case "the date":
		return "de datum"
	case "external accounts: %d; product context: %s":
		return "externe accounts: %d; productcontext: %s"
	case "external accounts: %d":
		return "externe accounts: %d"
	case "1 consequence folded (-v unfolds it)":
		return "1 gevolg ingeklapt (-v klapt het uit)"
	case "%d checks not made, not known: %s; to settle: %s":
		return "%d controles niet gedaan, niet bekend: %s; om het te weten: %s"
	case "the mask matches %d of %d directory groups and reaches %d of %d operator groups":
		return "het masker past op %d van %d directorygroepen en bereikt %d van %d operatorgroepen"
	}
	return ""
}
