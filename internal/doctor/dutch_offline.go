// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchOffline has what the file alone shows, and what to do about it.
func dutchOffline(english string) string {
	switch english {
	case "no directory group leads to the operator group %s: one of the two may have been renamed":
		return "geen directorygroep leidt naar de operatorgroep %s: een van beide is misschien hernoemd"
	case "in, once the mask is mended":
		return "erin, zodra het masker hersteld is"
	case "the association mask matches directory groups that lead nowhere here, and none of those that would":
		return "het associatiemasker past op directorygroepen die hier nergens heen leiden, en op geen van die welke dat wel zouden doen"
	case "what to look at, the likeliest first:":
		return "waar naar te kijken, het waarschijnlijkste eerst:"
	case "%s: %s; to hold: %s   (%s explain %s)":
		return "%s: %s; wat moet kloppen: %s   (%s explain %s)"
	case "with -c FILE they are judged over that configuration":
		return "met -c FILE worden ze over die configuratie beoordeeld"
	case "The file rules out what the message points to: what it says of the provider may be out of date. usher doctor without --offline asks the provider.":
		return "Het bestand sluit uit waar de melding naar wijst: wat het over de provider zegt is misschien verouderd. usher doctor zonder --offline vraagt het de provider."
	case "nothing but what all have":
		return "niets dan wat alle hebben"
	case "nothing":
		return "niets"
	case "besides what all have: %s":
		return "naast wat alle hebben: %s"
	case "one of its own":
		return "een eigen"
	case "the same as in %s":
		return "hetzelfde als in %s"
	case "none, or none that can be read here":
		return "geen, of geen dat hier te lezen is"
	case "The instances differ, as they should, in:":
		return "De instanties verschillen, zoals het hoort, in:"
	case "The instances differ in what is usually the same:":
		return "De instanties verschillen in wat gewoonlijk hetzelfde is:"
	case "that is the address of one of the provider's endpoints; the issuer is what stands before it":
		return "dat is het adres van een van de endpoints van de provider; de issuer is wat ervoor staat"
	case "the association mask has no blank after its last hyphen, as it has after the others":
		return "het associatiemasker heeft geen spatie na het laatste streepje, zoals na de andere"
	case "the directory groups are not written down, so this is likely and not certain":
		return "de directorygroepen zijn niet opgeschreven, dus dit is waarschijnlijk en niet zeker"
	case "write the mask %s, if the directory groups have that blank":
		return "schrijf het masker %s, als de directorygroepen die spatie hebben"
	case "the value holds a placeholder: %s":
		return "de waarde bevat een plaatsaanduiding: %s"
	case "write the value that belongs there":
		return "schrijf de waarde die daar hoort"
	case "no value of the file is a manual's or a template's placeholder":
		return "geen waarde in het bestand is een plaatsaanduiding van een handleiding of sjabloon"
	case "every directory group is written once":
		return "elke directorygroep is één keer opgeschreven"
	case "the directory group %s is written twice":
		return "de directorygroep %s is twee keer opgeschreven"
	case "delete the second, its members moved to the first":
		return "verwijder de tweede, met de leden bij de eerste"
	case "every client of the organization is written once":
		return "elke client van de organisatie is één keer opgeschreven"
	case "the client %s is written twice; what the first says is compared with, the second is not":
		return "de client %s is twee keer opgeschreven; met de eerste wordt vergeleken, met de tweede niet"
	case "delete the one that is out of date":
		return "verwijder de verouderde"
	case "%s, %d can sign in":
		return "%s, %d kunnen zich aanmelden"
	case "1 person":
		return "1 persoon"
	case "%d people":
		return "%d personen"
	case "of %s it leaves %s":
		return "van %s laat het %s over"
	case "the association mask ends too early: what it leaves of the directory groups is no operator group":
		return "het associatiemasker houdt te vroeg op: wat het van de directorygroepen overlaat is geen operatorgroep"
	case "the client id is a secret: id and secret were exchanged":
		return "de client-id is een geheim: id en geheim zijn verwisseld"
	case "exchange the values of the two keys; the secret was in the open, so have it replaced at the provider":
		return "verwissel de waarden van de twee sleutels; het geheim lag open, laat het dus bij de provider vervangen"
	case "the client secret is none: id and secret were exchanged":
		return "het clientgeheim is geen geheim: id en geheim zijn verwisseld"
	case "exchange the values of the two keys":
		return "verwissel de waarden van de twee sleutels"
	case "the callback URL has its scheme twice, so it leads nowhere":
		return "de callback-URL heeft het schema twee keer en leidt dus nergens heen"
	case "the pattern %s would take it with each backslash once":
		return "het patroon %s zou hem aanvaarden met elke backslash één keer"
	case "it has %d letters and digits":
		return "hij heeft %d letters en cijfers"
	}
	return ""
}

// dutchRecognizedMore has what further pasted messages mean.
func dutchRecognizedMore(english string) string {
	switch english {
	case "Entra: the callback of the token request is not that of the sign-in":
		return "Entra: de callback van het tokenverzoek is niet die van de aanmelding"
	case "Entra: the verifier of PKCE does not fit":
		return "Entra: de verifier van PKCE past niet"
	case "Entra: the client could not be authenticated":
		return "Entra: de client kon niet geauthenticeerd worden"
	case "Entra: the client is disabled":
		return "Entra: de client is uitgeschakeld"
	case "Entra: the client may not ask for this kind of answer":
		return "Entra: de client mag niet om dit soort antwoord vragen"
	case "Entra: the organization lacks a service that the client asks for":
		return "Entra: de organisatie mist een dienst waar de client om vraagt"
	case "Entra: an administrator has to consent to what the client asks for":
		return "Entra: een beheerder moet instemmen met wat de client vraagt"
	case "the person declined":
		return "de persoon weigerde"
	case "the person's account is disabled at the provider":
		return "het account van de persoon is bij de provider uitgeschakeld"
	case "the person's name or password is wrong":
		return "de naam of het wachtwoord van de persoon is fout"
	case "Entra: a second factor is wanted":
		return "Entra: er is een tweede factor nodig"
	case "Entra: the request names no callback":
		return "Entra: het verzoek noemt geen callback"
	case "Entra: the request lacks a parameter":
		return "Entra: het verzoek mist een parameter"
	case "Keycloak: the client is disabled":
		return "Keycloak: de client is uitgeschakeld"
	case "Keycloak: the client may not use codes":
		return "Keycloak: de client mag geen codes gebruiken"
	case "Keycloak: the verifier of PKCE does not fit":
		return "Keycloak: de verifier van PKCE past niet"
	case "Keycloak: the callback of the token request is not that of the sign-in":
		return "Keycloak: de callback van het tokenverzoek is niet die van de aanmelding"
	case "the provider's own cookie was lost in the browser":
		return "de eigen cookie van de provider ging in de browser verloren"
	case "Google: the client was deleted":
		return "Google: de client is verwijderd"
	case "Google: the client is for people of its own organization only":
		return "Google: de client is alleen voor mensen van de eigen organisatie"
	case "Google: a rule of the organization forbids this client or scope":
		return "Google: een regel van de organisatie verbiedt deze client of scope"
	case "Google: the login page does not come in an embedded browser":
		return "Google: de inlogpagina komt niet in een ingebouwde browser"
	case "the provider does not answer in the way that was asked for":
		return "de provider antwoordt niet op de gevraagde manier"
	case "the provider does not understand the request: a parameter is missing, doubled or wrong":
		return "de provider begrijpt het verzoek niet: een parameter ontbreekt, staat er dubbel of is fout"
	case "the token is refused: expired, or for somebody else":
		return "het token wordt geweigerd: verlopen, of voor iemand anders"
	case "the provider slows the client down":
		return "de provider remt de client af"
	case "the vendor's gateway: the client id is not known there":
		return "de gateway van de leverancier: de client-id is daar niet bekend"
	case "something in between shows a certificate of its own":
		return "iets daartussen toont een eigen certificaat"
	case "the certificate was revoked":
		return "het certificaat is ingetrokken"
	case "the page may not be shown inside another":
		return "de pagina mag niet binnen een andere getoond worden"
	}
	return ""
}

// dutchFurther has phrases that no scenario of the file alone brings up.
func dutchFurther(english string) string {
	switch english {
	case "%d requests carried the secret; the provider's log has them under usher-doctor":
		return "%d verzoeken droegen het geheim; in het logboek van de provider staan ze onder usher-doctor"
	case "browsers are sent there after the sign-in: they have to know the name, this machine need not":
		return "browsers worden er na de aanmelding heen gestuurd: zij moeten de naam kennen, deze machine niet"
	case "have the client's response mode set to query at the provider, and its response type to code":
		return "laat bij de provider de antwoordwijze van de client op query zetten, en het antwoordtype op code"
	case "see that the IMS server is right; IMS has its metadata below /ims/":
		return "zie erop toe dat de IMS-server klopt; IMS heeft zijn metagegevens onder /ims/"
	case "see what answers at %s: it is not the IMS that the account names":
		return "kijk wat er op %s antwoordt: het is niet de IMS die het account noemt"
	case "see what answers at %s: the answer of one provider must not pass for another's":
		return "kijk wat er op %s antwoordt: het antwoord van de ene provider mag niet voor dat van een andere doorgaan"
	case "see whether the provider is up, and whether it answers from this machine: curl -v %s":
		return "kijk of de provider draait, en of hij vanaf deze machine antwoordt: curl -v %s"
	case "see whether the provider is up; its metadata comes, so the way there is open":
		return "kijk of de provider draait; zijn metagegevens komen, dus de weg erheen is open"
	case "sign-ins go on with the addresses that Adobe documents":
		return "aanmeldingen gaan door met de adressen die Adobe documenteert"
	case "the token endpoint treats it as one that nobody has, too: %s":
		return "ook het token-endpoint behandelt hem als een die niemand heeft: %s"
	case "the provider does not answer at %s":
		return "de provider antwoordt niet op %s"
	case "the provider does not send the state back: every sign-in is refused at its return":
		return "de provider stuurt de state niet terug: elke aanmelding wordt bij terugkomst geweigerd"
	case "the provider puts its answer behind a #, where no server sees it":
		return "de provider zet zijn antwoord achter een #, waar geen server het ziet"
	case "the provider refuses the scope %s, with openid beside it and nothing else":
		return "de provider weigert de scope %s, met openid ernaast en verder niets"
	case "the provider sends another state back than it was given: every sign-in is refused at its return":
		return "de provider stuurt een andere state terug dan hij kreeg: elke aanmelding wordt bij terugkomst geweigerd"
	case "the provider sends every sign-in back with an error":
		return "de provider stuurt elke aanmelding met een fout terug"
	case "the provider's answer at the callback names another issuer than the account, and is refused for it":
		return "het antwoord van de provider bij de callback noemt een andere issuer dan het account, en wordt daarom geweigerd"
	case "the provider's sign-in page does not answer":
		return "de aanmeldpagina van de provider antwoordt niet"
	case "the provider's token endpoint does not answer":
		return "het token-endpoint van de provider antwoordt niet"
	case "the simplified Chinese manual translated the product's name in the mask until 2021; it is Campaign":
		return "de vereenvoudigd-Chinese handleiding vertaalde de productnaam in het masker tot 2021; het is Campaign"
	case "the traditional Chinese manual once misspelled the product's name; it is Campaign":
		return "de traditioneel-Chinese handleiding schreef de productnaam ooit verkeerd; het is Campaign"
	case "this is the provider's to mend, or that of what stands between it and the browser":
		return "dit moet de provider herstellen, of wat er tussen hem en de browser staat"
	case "usher explain %s has what was seen of the browser's requests":
		return "usher explain %s heeft wat er van de verzoeken van de browser gezien is"
	case "without any secret the client is accepted: the provider has it as a public client":
		return "zonder enig geheim wordt de client aanvaard: de provider kent hem als publieke client"
	case "write the issuer exactly as the provider's metadata has it":
		return "schrijf de issuer precies zoals de metagegevens van de provider hem hebben"
	}
	return ""
}
