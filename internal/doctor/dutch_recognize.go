// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchRecognized has what pasted messages mean.
func dutchRecognized(english string) string {
	switch english {
	case "the vendor's sentence for: no directory group of the person leads to an operator group":
		return "de zin van de leverancier voor: geen directorygroep van de persoon leidt naar een operatorgroep"
	case "IMS knows the client, and the secret is wrong":
		return "IMS kent de client, en het geheim is fout"
	case "IMS does not know the client id":
		return "IMS kent de client-id niet"
	case "IMS sends a browser there whose callback is not on the client's allow-list":
		return "IMS stuurt een browser daarheen als de callback niet op de toegestane lijst van de client staat"
	case "the vendor's gateway: the person has no product of this context":
		return "de gateway van de leverancier: de persoon heeft geen product van deze context"
	case "the vendor's gateway: the access token is not valid any more":
		return "de gateway van de leverancier: het toegangstoken is niet meer geldig"
	case "Campaign: the session is over or was never valid":
		return "Campaign: de sessie is voorbij of was nooit geldig"
	case "Campaign: the access token has expired":
		return "Campaign: het toegangstoken is verlopen"
	case "Campaign: the address is in no security zone that allows this":
		return "Campaign: het adres ligt in geen beveiligingszone die dit toestaat"
	case "the provider knows the person, who was given no access here":
		return "de provider kent de persoon, die hier geen toegang kreeg"
	case "the console's embedded browser, whose cache is known to go stale":
		return "de ingebouwde browser van de console, waarvan de cache kan verouderen"
	case "Entra: the callback URL is not registered for the client":
		return "Entra: de callback-URL is niet geregistreerd voor de client"
	case "Entra: no callback URL is registered for the client":
		return "Entra: er is geen callback-URL geregistreerd voor de client"
	case "Entra: the directory has no client of this id":
		return "Entra: de directory heeft geen client met deze id"
	case "Entra: the client secret is wrong; often the secret's id was copied instead of its value":
		return "Entra: het clientgeheim is fout; vaak is de id van het geheim gekopieerd in plaats van de waarde"
	case "Entra: the client secret has expired":
		return "Entra: het clientgeheim is verlopen"
	case "Entra: the client must send its secret":
		return "Entra: de client moet zijn geheim sturen"
	case "Entra: the client is registered as a public one and may send no secret":
		return "Entra: de client is als openbaar geregistreerd en mag geen geheim sturen"
	case "Entra: the callback is registered for a single-page application, not for the web":
		return "Entra: de callback is geregistreerd voor een single-page application, niet voor het web"
	case "Entra: a scope is not known":
		return "Entra: een scope is niet bekend"
	case "Entra: nobody consented to what the client asks for":
		return "Entra: niemand stemde in met wat de client vraagt"
	case "Entra: the person is not assigned to the client":
		return "Entra: de persoon is niet aan de client toegewezen"
	case "Entra: the person belongs to another directory":
		return "Entra: de persoon hoort bij een andere directory"
	case "Entra: the client belongs to one directory, the issuer names all of them":
		return "Entra: de client hoort bij één directory, de issuer noemt ze allemaal"
	case "Entra: there is no such directory":
		return "Entra: zo'n directory bestaat niet"
	case "Entra: the code has expired":
		return "Entra: de code is verlopen"
	case "Entra: the code was used already":
		return "Entra: de code was al gebruikt"
	case "Entra: a rule of the organization blocks the person or the device":
		return "Entra: een regel van de organisatie blokkeert de persoon of het apparaat"
	case "Entra: nobody is signed in, and no page may be shown":
		return "Entra: niemand is aangemeld, en er mag geen pagina getoond worden"
	case "Keycloak: the callback URL is not registered for the client":
		return "Keycloak: de callback-URL is niet geregistreerd voor de client"
	case "Keycloak: there is no such client in this realm":
		return "Keycloak: zo'n client bestaat niet in deze realm"
	case "Keycloak: the client secret is wrong":
		return "Keycloak: het clientgeheim is fout"
	case "Keycloak: the client must send its secret":
		return "Keycloak: de client moet zijn geheim sturen"
	case "Keycloak: the client must use PKCE":
		return "Keycloak: de client moet PKCE gebruiken"
	case "Keycloak: the code was used already, or has expired":
		return "Keycloak: de code was al gebruikt, of is verlopen"
	case "Keycloak: the issuer names no realm":
		return "Keycloak: de issuer noemt geen realm"
	case "Keycloak: a scope is not known to the client":
		return "Keycloak: de client kent een scope niet"
	case "the provider does not know the person":
		return "de provider kent de persoon niet"
	case "Okta: the callback URL is not registered for the client":
		return "Okta: de callback-URL is niet geregistreerd voor de client"
	case "Okta: the person is not assigned to the client":
		return "Okta: de persoon is niet aan de client toegewezen"
	case "Okta: no policy allows the person, the client and the scopes together":
		return "Okta: geen beleid staat de persoon, de client en de scopes samen toe"
	case "dex: the callback URL is not registered for the client":
		return "dex: de callback-URL is niet geregistreerd voor de client"
	case "IMS: a scope is not provisioned":
		return "IMS: een scope is niet ingericht"
	case "the callback URL is not registered for the client":
		return "de callback-URL is niet geregistreerd voor de client"
	case "a scope is not provisioned; one such scope fails them all":
		return "een scope is niet ingericht; één zo'n scope laat alles falen"
	case "the client id, its secret, or the way of sending it is refused":
		return "de client-id, het geheim, of de manier van versturen wordt geweigerd"
	case "the client may not do this":
		return "de client mag dit niet"
	case "the client may not use codes":
		return "de client mag geen codes gebruiken"
	case "the code was used already, has expired, or was given to another callback":
		return "de code was al gebruikt, is verlopen, of werd aan een andere callback gegeven"
	case "the person declined, or the provider does not let this person use this client":
		return "de persoon weigerde, of de provider laat deze persoon deze client niet gebruiken"
	case "the provider would have to show its login page, and was asked not to":
		return "de provider zou zijn aanmeldpagina moeten tonen, en mocht dat niet"
	case "the provider would have to show a page, and was asked not to":
		return "de provider zou een pagina moeten tonen, en mocht dat niet"
	case "somebody has to consent to what the client asks for":
		return "iemand moet instemmen met wat de client vraagt"
	case "the provider has a fault of its own":
		return "de provider heeft zelf een storing"
	case "the ID token names another issuer":
		return "het ID-token noemt een andere issuer"
	case "the ID token is for another client":
		return "het ID-token is voor een andere client"
	case "the ID token has expired: slow sign-in or wrong clock":
		return "het ID-token is verlopen: trage aanmelding of verkeerde klok"
	case "the ID token lies in the future: wrong clock":
		return "het ID-token ligt in de toekomst: verkeerde klok"
	case "the ID token's key is not known or not right":
		return "de sleutel van het ID-token is onbekend of onjuist"
	case "the provider signs in a way that is not accepted":
		return "de provider ondertekent op een niet-aanvaarde manier"
	case "something about PKCE":
		return "iets met PKCE"
	case "the browser goes round in circles":
		return "de browser draait in een kring"
	case "the browser does not know the authority of the certificate":
		return "de browser kent de instantie van het certificaat niet"
	case "the certificate has expired, or the clock is wrong":
		return "het certificaat is verlopen, of de klok loopt verkeerd"
	case "the certificate is for another name":
		return "het certificaat is voor een andere naam"
	case "the name does not exist in the DNS that was asked":
		return "de naam bestaat niet in de bevraagde DNS"
	case "nothing listens there":
		return "daar luistert niets"
	case "something swallows the connection":
		return "iets slokt de verbinding op"
	case "something cuts the connection":
		return "iets verbreekt de verbinding"
	case "the proxy does not answer":
		return "de proxy antwoordt niet"
	case "the proxy refuses the way":
		return "de proxy weigert de weg"
	case "what answers there does not speak TLS":
		return "wat daar antwoordt spreekt geen TLS"
	case "what answers there speaks too old a TLS":
		return "wat daar antwoordt spreekt te oude TLS"
	case "headers or cookies are too large for something on the way":
		return "headers of cookies zijn te groot voor iets onderweg"
	case "the front server does not understand the answer to its question":
		return "de voorste server begrijpt het antwoord op zijn vraag niet"
	case "the front server gets no answer from what is behind it":
		return "de voorste server krijgt geen antwoord van wat erachter zit"
	case "a browser asked whether a script of another origin may call, and was answered 401: preflight: pass, at the application, lets the application answer that":
		return "een browser vroeg of een script van een andere origin mag aanroepen, en kreeg 401: preflight: pass, bij de applicatie, laat de applicatie daarop antwoorden"
	case "a script was sent to the login page instead of being told 401":
		return "een script werd naar de aanmeldpagina gestuurd in plaats van 401 te krijgen"
	case "the authority of the certificate is not known here":
		return "de instantie van het certificaat is hier niet bekend"
	case "the DNS server fails":
		return "de DNS-server faalt"
	case "there is no way there":
		return "er is geen weg naartoe"
	case "the answer took too long":
		return "het antwoord duurde te lang"
	case "the proxy wants credentials":
		return "de proxy wil inloggegevens"
	}
	return ""
}
