// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchHolds has the healthy sentences of the checks, and what a refused person is told.
func dutchHolds(english string) string {
	switch english {
	case "every application can be connected to as upstream_tls says":
		return "met elke applicatie kan verbinding worden gemaakt zoals upstream_tls zegt"
	case "every identity header has a name that means nothing else":
		return "elke identiteitsheader heeft een naam die niets anders betekent"
	case "the certificates towards upstreams fit their keys and the date":
		return "de certificaten naar upstreams passen bij hun sleutels en de datum"
	case "the instance is ours to mend":
		return "de instantie is van ons om te herstellen"
	case "every accepted finding has a code that exists":
		return "elke aanvaarde bevinding heeft een code die bestaat"
	case "no acceptance is over":
		return "geen aanvaarding is verlopen"
	case "every acceptance accepts something":
		return "elke aanvaarding aanvaardt iets"
	case "there is an external account for IMS, under the name that the product looks for":
		return "er is een extern account voor IMS, onder de naam waarnaar het product zoekt"
	case "there is only one external account for IMS":
		return "er is maar één extern account voor IMS"
	case "the external account is enabled":
		return "het externe account is ingeschakeld"
	case "no other account's internal name looks like the IMS account's":
		return "geen interne naam van een ander account lijkt op die van het IMS-account"
	case "every instance has a name of its own":
		return "elke instantie heeft een eigen naam"
	case "every instance has an address of its own":
		return "elke instantie heeft een eigen adres"
	case "no two instances share a database":
		return "geen twee instanties delen een database"
	case "stage and production belong to one organization":
		return "stage en productie horen bij één organisatie"
	case "the product context is dma_campaign_classic where the form shows the field":
		return "de productcontext is dma_campaign_classic waar het formulier het veld toont"
	case "the account works with the organization's product context":
		return "het account werkt met de productcontext van de organisatie"
	case "the organization id has the form of one":
		return "de organisatie-id heeft de vorm van een organisatie-id"
	case "the account has the organization's id":
		return "het account heeft de id van de organisatie"
	case "the IMS server is Adobe's production IMS, over https":
		return "de IMS-server is de productie-IMS van Adobe, via https"
	case "all instances point to the same production IMS":
		return "alle instanties wijzen naar dezelfde productie-IMS"
	case "the Experience Cloud's address is an https address":
		return "het adres van de Experience Cloud is een https-adres"
	case "sessions end by idleness before they end anyway":
		return "sessies eindigen door stilte voordat ze toch al eindigen"
	case "sessions last a working day, not a month":
		return "sessies duren een werkdag, geen maand"
	case "sessions survive a restart":
		return "sessies overleven een herstart"
	case "operators on other machines can reach the instance":
		return "operators op andere machines kunnen de instantie bereiken"
	case "every file that the configuration points to can be read":
		return "elk bestand waarnaar de configuratie wijst is leesbaar"
	case "the file of further authorities holds some":
		return "het bestand met extra certificeringsinstanties bevat er minstens één"
	case "the gateway's certificate fits its key, its name and the date":
		return "het certificaat van de gateway past bij sleutel, naam en datum"
	case "nobody else on the machine can read a secret's file":
		return "niemand anders op de machine kan een bestand met een geheim lezen"
	case "the database answers":
		return "de database antwoordt"
	case "the database has the form that this program wants":
		return "de database heeft de vorm die dit programma nodig heeft"
	case "the database can be written":
		return "de database is beschrijfbaar"
	case "there is room for the database to grow":
		return "er is ruimte voor de database om te groeien"
	case "no gateway has refused the newest file":
		return "geen gateway heeft het nieuwste bestand geweigerd"
	case "all gateways share one database":
		return "alle gateways delen één database"
	case "all gateways share one key file":
		return "alle gateways delen één sleutelbestand"
	case "every gateway has a name of its own":
		return "elke gateway heeft een eigen naam"
	case "all gateways run the same program":
		return "alle gateways draaien hetzelfde programma"
	case "one gateway runs the file on this machine":
		return "één gateway draait het bestand op deze machine"
	case "every running gateway runs the file as it is now":
		return "elke draaiende gateway draait het bestand zoals het nu is"
	case "every host's name is found":
		return "elke hostnaam wordt gevonden"
	case "every vantage finds the same addresses":
		return "vanuit elk standpunt worden dezelfde adressen gevonden"
	case "every host accepts connections":
		return "elke host accepteert verbindingen"
	case "every connection comes about":
		return "elke verbinding komt tot stand"
	case "addresses of both families work":
		return "adressen van beide families werken"
	case "the egress proxy lets us through":
		return "de uitgaande proxy laat ons door"
	case "the egress proxy is used where it is needed only":
		return "de uitgaande proxy wordt alleen gebruikt waar dat nodig is"
	case "this command and the gateways use the same egress proxy":
		return "dit commando en de gateways gebruiken dezelfde uitgaande proxy"
	case "nothing on the way answers for the provider":
		return "niets onderweg antwoordt namens de provider"
	case "every host speaks TLS":
		return "elke host spreekt TLS"
	case "every host speaks TLS 1.2 or later":
		return "elke host spreekt TLS 1.2 of nieuwer"
	case "no certificate has expired":
		return "geen certificaat is verlopen"
	case "no certificate expires within three weeks":
		return "geen certificaat verloopt binnen drie weken"
	case "every certificate is for the name that was asked for":
		return "elk certificaat is voor de gevraagde naam"
	case "every certificate comes with its chain":
		return "elk certificaat komt met zijn keten"
	case "nobody opens the connection on the way":
		return "niemand opent de verbinding onderweg"
	case "every certificate's authority is known here":
		return "de instantie van elk certificaat is hier bekend"
	case "our clock agrees with the provider's":
		return "onze klok loopt gelijk met die van de provider"
	case "the issuer is an https address, and nothing that hangs below it":
		return "de issuer is een https-adres, en niets dat daaronder hangt"
	case "the issuer names one directory":
		return "de issuer noemt één directory"
	case "the provider's metadata is where it should be":
		return "de metadata van de provider staat waar die hoort"
	case "the provider's metadata is at the issuer's own address":
		return "de metadata van de provider staat op het eigen adres van de issuer"
	case "the provider's metadata can be used":
		return "de metadata van de provider is bruikbaar"
	case "the provider's metadata names the account's issuer":
		return "de metadata van de provider noemt de issuer van het account"
	case "every endpoint of the provider is https":
		return "elk eindpunt van de provider is https"
	case "the endpoints are at the issuer's host":
		return "de eindpunten staan op de host van de issuer"
	case "the gateways use the provider's metadata as it is now":
		return "de gateways gebruiken de metadata van de provider zoals die nu is"
	case "the provider takes PKCE with S256":
		return "de provider accepteert PKCE met S256"
	case "the provider signs in a way that is accepted":
		return "de provider ondertekent op een aanvaarde manier"
	case "the provider takes a client secret":
		return "de provider accepteert een clientgeheim"
	case "the provider's keys can be fetched":
		return "de sleutels van de provider zijn op te halen"
	case "the provider has keys to verify signatures with":
		return "de provider heeft sleutels om handtekeningen te controleren"
	case "the provider keeps its private keys to itself":
		return "de provider houdt zijn privésleutels voor zich"
	case "the provider's keys are long enough":
		return "de sleutels van de provider zijn lang genoeg"
	case "no two keys have one id":
		return "geen twee sleutels hebben dezelfde id"
	case "the gateways know the provider's keys":
		return "de gateways kennen de sleutels van de provider"
	case "the provider knows the client id":
		return "de provider kent de client-id"
	case "the client secret is right":
		return "het clientgeheim klopt"
	case "the secret is sent in a way that the provider takes":
		return "het geheim wordt verstuurd op een manier die de provider accepteert"
	case "the provider reads the secret as it was meant":
		return "de provider leest het geheim zoals het bedoeld is"
	case "the client may exchange codes":
		return "de client mag codes inwisselen"
	case "the client is registered for the web":
		return "de client is geregistreerd voor het web"
	case "no secret was copied from another instance":
		return "geen geheim is van een andere instantie overgenomen"
	case "the callback URL begins with https://":
		return "de callback-URL begint met https://"
	case "the callback URL belongs to this instance":
		return "de callback-URL hoort bij deze instantie"
	case "the callback URL is on the client's allow-list":
		return "de callback-URL staat op de toegestane lijst van de client"
	case "the callback URL is one that usher serves":
		return "de callback-URL wordt door usher bediend"
	case "every pattern of the allow-list can match":
		return "elk patroon van de toegestane lijst kan passen"
	case "no pattern of the allow-list lets strangers in":
		return "geen patroon van de toegestane lijst laat vreemden toe"
	case "the client's default redirect URL is one that IMS takes":
		return "de standaard-omleidings-URL van de client wordt door IMS geaccepteerd"
	case "every scope of the account is provisioned for the client":
		return "elke scope van het account is voor de client ingericht"
	case "the account asks for the scopes that a sign-in needs":
		return "het account vraagt de scopes die een aanmelding nodig heeft"
	case "no scope is a near miss of a known one":
		return "geen scope is bijna, maar net niet, een bekende"
	case "the provider grants every scope that was asked for":
		return "de provider verleent elke gevraagde scope"
	case "browsers reach the gateway over https":
		return "browsers bereiken de gateway via https"
	case "browsers reach every application over https":
		return "browsers bereiken elke toepassing via https"
	case "only the proxies in front are trusted":
		return "alleen de proxy's ervoor worden vertrouwd"
	case "the proxy that asks the gateway is declared":
		return "de proxy die de gateway bevraagt is opgegeven"
	case "the public address leads to this gateway":
		return "het publieke adres leidt naar deze gateway"
	case "the callback path leads to this gateway":
		return "het callbackpad leidt naar deze gateway"
	case "the gateway learns that browsers speak https":
		return "de gateway verneemt dat browsers https spreken"
	case "the proxy in front is one of the trusted ones":
		return "de proxy ervoor is een van de vertrouwde"
	case "the gateway learns which host browsers ask for":
		return "de gateway verneemt welke host browsers vragen"
	case "nobody but the proxy can say which host was asked for":
		return "alleen de proxy kan zeggen welke host gevraagd is"
	case "identity headers that a client sends do not arrive":
		return "identiteitsheaders die een client stuurt komen niet aan"
	case "a cookie that the gateway sets comes back":
		return "een cookie die de gateway zet komt terug"
	case "cookies survive an answer that refuses":
		return "cookies overleven een weigerend antwoord"
	case "nothing in front keeps the gateway's answers":
		return "niets ervoor bewaart de antwoorden van de gateway"
	case "headers of 8 KiB come through":
		return "headers van 8 KiB komen door"
	case "addresses arrive with their query unchanged":
		return "adressen komen aan met een onveranderde query"
	case "the front server gets an answer that it understands":
		return "de voorste server krijgt een antwoord dat hij begrijpt"
	case "websockets come through":
		return "websockets komen door"
	case "answers in parts arrive in parts":
		return "antwoorden in delen komen in delen aan"
	case "the provider comes back with the state that it was given":
		return "de provider komt terug met de state die hij kreeg"
	case "a sign-in comes back once, and to this gateway":
		return "een aanmelding komt één keer terug, en bij deze gateway"
	case "a sign-in comes back in time":
		return "een aanmelding komt op tijd terug"
	case "the browser that comes back is the one that was sent":
		return "de browser die terugkomt is de browser die gestuurd werd"
	case "the provider lets the person go without an error":
		return "de provider laat de persoon gaan zonder fout"
	case "the provider answers":
		return "de provider antwoordt"
	case "the provider takes the code that it gave":
		return "de provider accepteert de code die hij gaf"
	case "what the token endpoint answers can be read":
		return "het antwoord van het token-eindpunt is leesbaar"
	case "the ID token passes every check":
		return "het ID-token doorstaat elke controle"
	case "what the provider says of the person can be used":
		return "wat de provider over de persoon zegt is bruikbaar"
	case "the provider names all groups of the person":
		return "de provider noemt alle groepen van de persoon"
	case "the person is in no more groups than usher takes":
		return "de persoon zit in niet meer groepen dan usher accepteert"
	case "every account that takes access tokens says for whom they must be":
		return "elk account dat toegangstokens aanneemt, zegt voor wie ze bestemd moeten zijn"
	case "the applications that take access tokens exist":
		return "de toepassingen die toegangstokens aannemen, bestaan"
	case "the provider has nothing to tell of sign-outs":
		return "de provider heeft niets te melden over afmeldingen"
	case "a program's access token is one that is taken here":
		return "het toegangstoken van een programma is er een dat hier wordt aangenomen"
	case "the application's rule lets the operator in":
		return "de regel van de toepassing laat de operator toe"
	case "an application covers the address":
		return "een toepassing dekt het adres"
	case "the address can be read in one way only":
		return "het adres is maar op één manier te lezen"
	case "the association mask is what it says: a prefix, or a pattern with one capture":
		return "het associatiemasker is wat het zegt: een voorvoegsel, of een patroon met één vanggroep"
	case "the mask holds no placeholder of a manual":
		return "het masker bevat geen plaatsaanduiding uit een handleiding"
	case "no quotes were copied along with the mask":
		return "er zijn geen aanhalingstekens meegekopieerd met het masker"
	case "dots in the mask's fixed text are escaped":
		return "punten in de vaste tekst van het masker zijn geëscapet"
	case "the mask tells this product's groups from others":
		return "het masker onderscheidt de groepen van dit product van andere"
	case "mask, directory groups and operator groups hold no stray blanks":
		return "masker, directorygroepen en operatorgroepen bevatten geen verdwaalde spaties"
	case "no directory group or operator group is a near miss of its counterpart":
		return "geen directorygroep of operatorgroep mist haar tegenhanger op een haar"
	case "every operator group is written once":
		return "elke operatorgroep staat er één keer"
	case "no right is a near miss of one that the product has":
		return "geen recht is bijna, maar net niet, een recht van het product"
	case "directory groups end in the operator groups' internal names, not their labels":
		return "directorygroepen eindigen op de interne namen van de operatorgroepen, niet op hun labels"
	case "no member of a directory group is a near miss of a person":
		return "geen lid van een directorygroep is bijna, maar net niet, een bekende persoon"
	case "no directory group opens the vendor's Control Panel by its name":
		return "geen directorygroep opent door haar naam het Control Panel van de leverancier"
	case "the provider names groups, not their ids":
		return "de provider noemt groepen, niet hun id's"
	case "the provider names groups, not where they are":
		return "de provider noemt groepen, niet waar ze staan"
	case "the provider has verified the person's address":
		return "de provider heeft het adres van de persoon geverifieerd"
	case "the association mask matches at least one directory group":
		return "het associatiemasker past op minstens één directorygroep"
	case "what the mask leaves of a matching directory group is an operator group here":
		return "wat het masker van een passende directorygroep overlaat is hier een operatorgroep"
	case "each operator group has its directory group":
		return "elke operatorgroep heeft haar directorygroep"
	case "the person belongs to a directory group that the mask matches":
		return "de persoon zit in een directorygroep waarop het masker past"
	case "every application has an address of its own":
		return "elke toepassing heeft een eigen adres"
	case "the operator groups that applications allow exist":
		return "de operatorgroepen die toepassingen toelaten bestaan"
	case "every application lets somebody in":
		return "elke toepassing laat iemand toe"
	case "every public path can be asked for":
		return "elk openbaar pad kan opgevraagd worden"
	case "no application is public as a whole":
		return "geen toepassing is als geheel openbaar"
	case "no upstream is usher itself":
		return "geen upstream is usher zelf"
	case "every upstream answers":
		return "elke upstream antwoordt"
	case "no upstream sends browsers to its own inner address":
		return "geen upstream stuurt browsers naar zijn eigen interne adres"
	case "the person came back from the provider":
		return "de persoon kwam terug van de provider"
	case "nobody signs in again and again within a minute":
		return "niemand meldt zich binnen een minuut steeds opnieuw aan"
	case "hardly anybody loses the cookie of a sign-in":
		return "bijna niemand verliest de cookie van een aanmelding"
	case "people come back from the provider":
		return "mensen komen terug van de provider"
	case "no single workstation fails while all others work":
		return "er is geen enkel werkstation dat faalt terwijl alle andere werken"
	case "no callback is asked for twice":
		return "geen callback wordt twee keer opgevraagd"
	case "Signing in is switched off here at the moment.":
		return "Aanmelden is hier op dit moment uitgeschakeld."
	case "Your organization is known, but this site asks for another product.":
		return "Uw organisatie is bekend, maar deze site vraagt om een ander product."
	case "Your organization gave you no access to the product that this site belongs to.":
		return "Uw organisatie gaf u geen toegang tot het product waar deze site bij hoort."
	case "You signed in, but with an account of another organization.":
		return "U bent aangemeld, maar met een account van een andere organisatie."
	case "The site cannot keep sign-ins at the moment. Please try again in a few minutes.":
		return "De site kan op dit moment geen aanmeldingen bewaren. Probeer het over een paar minuten opnieuw."
	case "Something was lost on the way back from the login page. Please begin again.":
		return "Er ging iets verloren op de weg terug van de aanmeldpagina. Begin opnieuw."
	case "This sign-in was finished already, or was never begun here. Please begin again.":
		return "Deze aanmelding was al afgerond, of is hier nooit begonnen. Begin opnieuw."
	case "The login page was open for too long. Please begin again.":
		return "De aanmeldpagina stond te lang open. Begin opnieuw."
	case "Your browser lost the cookie of this sign-in, or the link was opened in another one. Please begin again and finish in the same window.":
		return "Uw browser is de cookie van deze aanmelding kwijt, of de link is in een andere browser geopend. Begin opnieuw en rond het af in hetzelfde venster."
	case "The login page reported an error instead of signing you in.":
		return "De aanmeldpagina meldde een fout in plaats van u aan te melden."
	case "The login service does not answer at the moment. Please try again in a few minutes.":
		return "De aanmelddienst antwoordt op dit moment niet. Probeer het over een paar minuten opnieuw."
	case "The login service did not confirm your sign-in. Please begin again; if it happens again, tell the administrator the reference.":
		return "De aanmelddienst bevestigde uw aanmelding niet. Begin opnieuw; gebeurt het weer, geef dan de referentie door aan de beheerder."
	case "The login service gave an answer that cannot be read. Please try again; if it happens again, tell the administrator the reference.":
		return "De aanmelddienst gaf een onleesbaar antwoord. Probeer het opnieuw; gebeurt het weer, geef dan de referentie door aan de beheerder."
	case "The login service's confirmation did not pass our checks. Please begin again; if it happens again, tell the administrator the reference.":
		return "De bevestiging van de aanmelddienst doorstond onze controles niet. Begin opnieuw; gebeurt het weer, geef dan de referentie door aan de beheerder."
	case "The login service said nothing about you that can be used. Tell the administrator the reference.":
		return "De aanmelddienst zei niets bruikbaars over u. Geef de referentie door aan de beheerder."
	case "You are in more groups than the login service can name. Tell the administrator the reference.":
		return "U zit in meer groepen dan de aanmelddienst kan noemen. Geef de referentie door aan de beheerder."
	case "You are in more groups than this site accepts. Tell the administrator the reference.":
		return "U zit in meer groepen dan deze site accepteert. Geef de referentie door aan de beheerder."
	case "The program's pass that came with the request is not taken here.":
		return "Het programmabewijs dat met het verzoek meekwam, wordt hier niet aangenomen."
	case "You are signed in, but this application is for other operator groups.":
		return "U bent aangemeld, maar deze toepassing is voor andere operatorgroepen."
	case "Nothing is set up at this address.":
		return "Op dit adres is niets ingericht."
	case "This address is written in a way that is not accepted here.":
		return "Dit adres is geschreven op een manier die hier niet wordt aanvaard."
	case "Your groups are known, but their names do not match the ones expected here.":
		return "Uw groepen zijn bekend, maar hun namen komen niet overeen met de hier verwachte."
	case "You are known to the provider, but none of your groups leads into this site.":
		return "U bent bekend bij de provider, maar geen van uw groepen leidt naar deze site."
	case "Your groups are known, but this site has no operator group of that name.":
		return "Uw groepen zijn bekend, maar deze site heeft geen operatorgroep met die naam."
	case "You are known to the provider, but you are in no group that leads into this site.":
		return "U bent bekend bij de provider, maar u zit in geen groep die naar deze site leidt."
	case "You could not be signed in. Tell the administrator the reference.":
		return "U kon niet worden aangemeld. Geef de referentie door aan de beheerder."
	}
	return ""
}
