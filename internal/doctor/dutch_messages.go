// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchMessages has what the checks find.
func dutchMessages(english string) string {
	switch english {
	case "no connection to %s can be made as upstream_tls says: the gateway does not start with it":
		return "zoals upstream_tls het zegt, kan geen verbinding met %s worden gemaakt: de gateway start er niet mee"
	case "the header %s cannot tell %s who is signed in: the gateway does not start with it":
		return "de header %s kan %s niet vertellen wie aangemeld is: de gateway start er niet mee"
	case "the header %s would tell %s two things at once: the gateway does not start with it":
		return "de header %s zou %s twee dingen tegelijk vertellen: de gateway start er niet mee"
	case "the certificate that usher shows an upstream cannot be used":
		return "het certificaat dat usher aan een upstream toont is niet bruikbaar"
	case "the certificate that usher shows an upstream expires on %s":
		return "het certificaat dat usher aan een upstream toont verloopt op %s"
	case "no authority is trusted for an upstream":
		return "voor een upstream wordt geen enkele instantie vertrouwd"
	case "the authority that is trusted for an upstream expires on %s":
		return "de instantie die voor een upstream vertrouwd wordt verloopt op %s"
	case "something in front answered from a cache: one person could get what was meant for another":
		return "iets ervoor antwoordde uit een cache: de een kan krijgen wat voor de ander bedoeld was"
	case "not known: %s":
		return "niet bekend: %s"
	case "not known: %s (%s)":
		return "niet bekend: %s (%s)"
	case "the application's address cannot be used: %s":
		return "het adres van de toepassing is niet bruikbaar: %s"
	case "no directory group leads to the operator group %s: nobody can be in it":
		return "geen directorygroep leidt naar de operatorgroep %s: niemand kan erin zitten"
	case "the organization's product context is not written down":
		return "de productcontext van de organisatie is niet opgeschreven"
	case "the organization's id is not written down":
		return "de id van de organisatie is niet opgeschreven"
	case "no directory group leads to any operator group that the application allows: nobody may enter":
		return "geen directorygroep leidt naar een operatorgroep die de toepassing toelaat: niemand mag naar binnen"
	case "the application's list of operator groups is empty: nobody may enter":
		return "de lijst met operatorgroepen van de toepassing is leeg: niemand mag naar binnen"
	case "the application allows %s, which is no operator group here":
		return "de toepassing laat %s toe, en dat is hier geen operatorgroep"
	case "browsers reach the application over http: they keep no session cookie there, and go round in circles":
		return "browsers bereiken de toepassing via http: daar bewaren ze geen sessiecookie, en draaien ze in een kring"
	case "the account takes access tokens and does not say for whom they must be made out; the gateway does not take such a file":
		return "het account neemt toegangstokens aan en zegt niet voor wie ze bestemd moeten zijn; de gateway neemt zo'n bestand niet aan"
	case "the account's access tokens are for the application %s, which does not exist":
		return "de toegangstokens van het account zijn voor de toepassing %s, die niet bestaat"
	case "the provider can say when it signs a person out, once it is told where":
		return "de provider kan melden wanneer hij iemand afmeldt, zodra hij weet waar"
	case "a program's access token was refused":
		return "het toegangstoken van een programma is geweigerd"
	case "the operator is signed in, but in none of the operator groups that the application allows":
		return "de operator is aangemeld, maar zit in geen van de operatorgroepen die de toepassing toelaat"
	case "no application of the configuration covers the address":
		return "geen toepassing uit de configuratie dekt het adres"
	case "the person was sent to the provider and never came back":
		return "de persoon werd naar de provider gestuurd en kwam nooit terug"
	case "the person was sent to the provider and may still be there":
		return "de persoon werd naar de provider gestuurd en is daar misschien nog"
	case "the question whether somebody is signed in is answered with %d on its way":
		return "de vraag of iemand is aangemeld wordt onderweg met %d beantwoord"
	case "the file of further authorities holds none":
		return "het bestand met extra certificeringsinstanties bevat er geen"
	case "the callback URL does not begin with https://: the provider refuses it, and the session cookie would not be kept":
		return "de callback-URL begint niet met https://: de provider weigert hem, en de sessiecookie zou niet bewaard worden"
	case "not judged: %s comes first":
		return "niet beoordeeld: eerst %s"
	case "the provider does not accept the callback URL":
		return "de provider accepteert de callback-URL niet"
	case "the provider answers a client id that nobody has the same way, so nothing follows from its answer":
		return "de provider antwoordt hetzelfde op een client-id die niemand heeft, dus uit het antwoord volgt niets"
	case "the provider takes a scope that nobody has the same way, so nothing follows from its answer":
		return "de provider neemt een scope die niemand heeft net zo aan, dus uit het antwoord volgt niets"
	case "the callback URL is not on the allow-list of the client %s":
		return "de callback-URL staat niet op de toegestane lijst van de client %s"
	case "the organization's directory groups are not written down":
		return "de directorygroepen van de organisatie zijn niet opgeschreven"
	case "the callback URL is not the one that usher serves":
		return "de callback-URL is niet die welke usher bedient"
	case "the pattern %s on the client's allow-list can match no callback":
		return "het patroon %s op de toegestane lijst van de client kan op geen callback passen"
	case "the pattern %s on the client's allow-list takes another host too":
		return "het patroon %s op de toegestane lijst van de client laat ook een andere host toe"
	case "the callback path is answered by something else: no sign-in can be finished":
		return "het callbackpad wordt door iets anders beantwoord: geen aanmelding kan worden afgerond"
	case "the callback URL is that of the instance %s":
		return "de callback-URL is die van de instantie %s"
	case "the callback URL leads to another address than this instance's":
		return "de callback-URL leidt naar een ander adres dan dat van deze instantie"
	case "something on the way answers for %s with a page of its own":
		return "iets onderweg antwoordt namens %s met een eigen pagina"
	case "%s sends its certificate without the one between it and the authority; browsers often get by, servers do not":
		return "%s stuurt zijn certificaat zonder het tussenliggende; browsers redden zich vaak, servers niet"
	case "the certificate of %s is not valid at this time":
		return "het certificaat van %s is op dit moment niet geldig"
	case "the certificate of %s expires on %s":
		return "het certificaat van %s verloopt op %s"
	case "the certificate at %s is for other names":
		return "het certificaat op %s is voor andere namen"
	case "a box on the way (%s) opens the connection to %s and shows a certificate of its own":
		return "een kastje onderweg (%s) opent de verbinding met %s en toont een eigen certificaat"
	case "the authority that issued the certificate of %s is not known on this machine":
		return "de instantie die het certificaat van %s uitgaf is op deze machine niet bekend"
	case "the provider takes the secret %s, and it is sent %s":
		return "de provider neemt het geheim aan: %s; het wordt verstuurd: %s"
	case "the token endpoint refuses the client secret":
		return "het token-eindpunt weigert het clientgeheim"
	case "the token endpoint refuses the client":
		return "het token-eindpunt weigert de client"
	case "the console at %s fails every time, while others sign in":
		return "de console op %s faalt elke keer, terwijl anderen zich aanmelden"
	case "the client may not exchange codes for tokens":
		return "de client mag geen codes inwisselen voor tokens"
	case "the client id is empty":
		return "de client-id is leeg"
	case "the provider answers a callback that nobody has the same way, so nothing follows from its answer":
		return "de provider antwoordt hetzelfde op een callback die niemand heeft, dus uit het antwoord volgt niets"
	case "the provider does not know the client id %s":
		return "de provider kent de client-id %s niet"
	case "the organization has no client %s":
		return "de organisatie heeft geen client %s"
	case "the client is registered for a single-page application: its codes may be exchanged by browsers only":
		return "de client is geregistreerd voor een single-page application: alleen browsers mogen de codes inwisselen"
	case "the provider does not decode the secret in the header (RFC 6749 section 2.3.1): characters such as + and % are misread":
		return "de provider decodeert het geheim in de header niet (RFC 6749 paragraaf 2.3.1): tekens als + en % worden verkeerd gelezen"
	case "the account has no client secret":
		return "het account heeft geen clientgeheim"
	case "the client secret is empty":
		return "het clientgeheim is leeg"
	case "the client secret has blanks or invisible characters around it: they count, and the provider refuses it":
		return "rond het clientgeheim staan spaties of onzichtbare tekens: die tellen mee, en de provider weigert het"
	case "the client secret is a word that manuals put in its place":
		return "het clientgeheim is een woord dat handleidingen ervoor in de plaats zetten"
	case "the client secret is none of those that the organization lists for the client":
		return "het clientgeheim is geen van de geheimen die de organisatie voor de client noemt"
	case "the client secret is the client id: the wrong field was copied":
		return "het clientgeheim is de client-id: het verkeerde veld is gekopieerd"
	case "this machine's clock is %s ahead of the provider's":
		return "de klok van deze machine loopt %s voor op die van de provider"
	case "this machine's clock is %s behind the provider's":
		return "de klok van deze machine loopt %s achter op die van de provider"
	case "many callbacks come a second time":
		return "veel callbacks komen een tweede keer"
	case "nothing accepts connections at %s:%s":
		return "niets accepteert verbindingen op %s:%s"
	case "connections to %s:%s never come about":
		return "verbindingen met %s:%s komen nooit tot stand"
	case "everybody in the directory group %s may open the vendor's Control Panel: its name holds “admin”":
		return "iedereen in de directorygroep %s mag het Control Panel van de leverancier openen: de naam bevat “admin”"
	case "the front server drops Set-Cookie from answers that refuse: a sign-in begun there has no cookie":
		return "de voorste server laat Set-Cookie vallen bij weigerende antwoorden: een daar begonnen aanmelding heeft geen cookie"
	case "a cookie that the gateway sets does not come back: every page leads to the login page again":
		return "een cookie die de gateway zet komt niet terug: elke pagina leidt weer naar de aanmeldpagina"
	case "the disk of the database is full: nobody can sign in":
		return "de schijf van de database is vol: niemand kan zich aanmelden"
	case "the disk of the database is nearly full":
		return "de schijf van de database is bijna vol"
	case "the database is kept in memory: every restart signs everybody out and forgets every attempt":
		return "de database staat in het geheugen: elke herstart meldt iedereen af en vergeet elke poging"
	case "the database can be read but not written: no sign-in can be kept":
		return "de database is leesbaar maar niet beschrijfbaar: geen aanmelding kan bewaard worden"
	case "a newer usher has changed the database; this one would not understand it":
		return "een nieuwere usher heeft de database veranderd; deze zou haar niet begrijpen"
	case "the client's default redirect URL is none that IMS takes":
		return "de standaard-omleidings-URL van de client wordt niet door IMS geaccepteerd"
	case "the provider's metadata has changed; a running gateway still uses the old one":
		return "de metadata van de provider is veranderd; een draaiende gateway gebruikt nog de oude"
	case "the provider names endpoints at an inner address, which browsers may not reach":
		return "de provider noemt eindpunten op een intern adres, dat browsers misschien niet bereiken"
	case "the provider names endpoints that are not https: the secret would travel in the open":
		return "de provider noemt eindpunten die niet https zijn: het geheim zou open en bloot reizen"
	case "the sign-in %s was refused for this at the step %s":
		return "de aanmelding %s werd hierom geweigerd bij de stap %s"
	case "the provider's metadata lacks what a sign-in needs":
		return "in de metadata van de provider ontbreekt wat een aanmelding nodig heeft"
	case "what comes from the provider's metadata address is no metadata":
		return "wat van het metadata-adres van de provider komt is geen metadata"
	case "the provider's metadata names another issuer than the account":
		return "de metadata van de provider noemt een andere issuer dan het account"
	case "the provider sends on whoever asks for its metadata; usher does not follow":
		return "de provider stuurt wie om metadata vraagt door; usher volgt niet"
	case "the provider has no metadata at %s":
		return "de provider heeft geen metadata op %s"
	case "the provider has not verified the person's address; usher shows it and decides nothing by it":
		return "de provider heeft het adres van de persoon niet geverifieerd; usher toont het en beslist er niets mee"
	case "the Experience Cloud's address %s is no https address":
		return "het adres %s van de Experience Cloud is geen https-adres"
	case "the external account is disabled: nobody can sign in with it":
		return "het externe account is uitgeschakeld: niemand kan zich ermee aanmelden"
	case "this is a second external account for IMS; the product takes one of the two, and nobody can say which":
		return "dit is een tweede extern account voor IMS; het product neemt een van de twee, en niemand kan zeggen welk"
	case "the internal name looks like %s and is another: whoever mends the one may be editing the other":
		return "de interne naam lijkt op %s en is een andere: wie het ene herstelt bewerkt misschien het andere"
	case "the account of type %s is not called %s: the product looks for it by that internal name":
		return "het account van het type %s heet niet %s: het product zoekt het onder die interne naam"
	case "the account has the internal name of the IMS account, but is of type %s":
		return "het account heeft de interne naam van het IMS-account, maar is van het type %s"
	case "there is no external account: nobody can sign in":
		return "er is geen extern account: niemand kan zich aanmelden"
	case "everybody on this machine may read %s, which holds a secret":
		return "iedereen op deze machine mag %s lezen, en daar staat een geheim in"
	case "the file %s cannot be read":
		return "het bestand %s is niet leesbaar"
	case "browsers ask for %s, the gateway takes it for %s":
		return "browsers vragen om %s, de gateway houdt het voor %s"
	case "browsers speak %s, the gateway takes it for %s":
		return "browsers spreken %s, de gateway houdt het voor %s"
	case "the gateway's own certificate cannot be used":
		return "het eigen certificaat van de gateway is niet bruikbaar"
	case "the gateway's own certificate expires on %s":
		return "het eigen certificaat van de gateway verloopt op %s"
	case "the provider gives the ids of groups instead of their names":
		return "de provider geeft id's van groepen in plaats van namen"
	case "%s is in no directory group that the association mask matches":
		return "%s zit in geen directorygroep waarop het associatiemasker past"
	case "the provider left the groups out because there are too many for a token":
		return "de provider liet de groepen weg omdat het er te veel zijn voor een token"
	case "the provider gives where groups are in a tree, not their names":
		return "de provider geeft waar groepen in een boom staan, niet hun namen"
	case "the person is in more directory groups than usher takes, or in one with too long a name":
		return "de persoon zit in meer directorygroepen dan usher accepteert, of in een met een te lange naam"
	case "headers of more than %d bytes do not come through":
		return "headers van meer dan %d bytes komen niet door"
	case "the vendor hosts this instance and mends it: nothing here is judged":
		return "de leverancier host deze instantie en herstelt haar: hier wordt niets beoordeeld"
	case "the ID token was refused":
		return "het ID-token werd geweigerd"
	case "a client can send identity headers of its own: they arrive behind the front server":
		return "een client kan eigen identiteitsheaders sturen: ze komen achter de voorste server aan"
	case "%s points to another IMS server than %s":
		return "%s wijst naar een andere IMS-server dan %s"
	case "%s is not the address of Adobe's production IMS":
		return "%s is niet het adres van de productie-IMS van Adobe"
	case "the instance's address is this machine's own: nobody else can reach it":
		return "het adres van de instantie is dat van deze machine zelf: niemand anders kan erbij"
	case "the instance keeps its sign-ins in the database of %s":
		return "de instantie bewaart haar aanmeldingen in de database van %s"
	case "another instance has the same name: reports cannot tell them apart":
		return "een andere instantie heeft dezelfde naam: rapporten kunnen ze niet uit elkaar houden"
	case "%s and %s belong to different organizations":
		return "%s en %s horen bij verschillende organisaties"
	case "the instance has the address of %s":
		return "de instantie heeft het adres van %s"
	case "%s has an IPv6 address that does not work from here: every connection waits for it first":
		return "%s heeft een IPv6-adres dat hiervandaan niet werkt: elke verbinding wacht er eerst op"
	case "the issuer %s cannot be used":
		return "de issuer %s is niet bruikbaar"
	case "the issuer stands for many directories: no token names it":
		return "de issuer staat voor veel directory's: geen token noemt hem"
	case "the provider publishes different keys under one id":
		return "de provider publiceert verschillende sleutels onder één id"
	case "the provider publishes no key for signatures":
		return "de provider publiceert geen sleutel voor handtekeningen"
	case "the provider publishes the private half of a key: anybody can make tokens":
		return "de provider publiceert de privéhelft van een sleutel: iedereen kan tokens maken"
	case "the provider has keys that a running gateway does not know yet":
		return "de provider heeft sleutels die een draaiende gateway nog niet kent"
	case "the provider's keys cannot be fetched from %s":
		return "de sleutels van de provider zijn niet op te halen van %s"
	case "the provider signs with a key that is too short":
		return "de provider ondertekent met een te korte sleutel"
	case "the directory group ends in %s, the operator group is called %s: one is the label, the other the internal name of the same group":
		return "de directorygroep eindigt op %s, de operatorgroep heet %s: het ene is het label, het andere de interne naam van dezelfde groep"
	case "the directory group %s leads to the operator group %s, which does not exist here":
		return "de directorygroep %s leidt naar de operatorgroep %s, die hier niet bestaat"
	case "the gateway stopped the browser at %s, which asked to sign in again and again":
		return "de gateway heeft de browser op %s gestopt, die steeds opnieuw om aanmelding vroeg"
	case "the browser at %s signed in %d times within a minute":
		return "de browser op %s meldde zich binnen een minuut %d keer aan"
	case "the association mask holds stray blanks":
		return "het associatiemasker bevat verdwaalde spaties"
	case "the directory group's name holds stray blanks, and so does the name that it leads to":
		return "de naam van de directorygroep bevat verdwaalde spaties, en de naam waarnaar hij leidt ook"
	case "the directory group's name holds stray blanks":
		return "de naam van de directorygroep bevat verdwaalde spaties"
	case "the operator group's name holds stray blanks, and so does the directory group's":
		return "de naam van de operatorgroep bevat verdwaalde spaties, en die van de directorygroep ook"
	case "the directory group's name differs from what is wanted by blanks only":
		return "de naam van de directorygroep verschilt alleen in spaties van wat gewenst is"
	case "the association mask matches none of the %d directory groups":
		return "het associatiemasker past op geen van de %d directorygroepen"
	case "the operator group's name holds stray blanks":
		return "de naam van de operatorgroep bevat verdwaalde spaties"
	case "the association mask misses the directory groups by blanks only":
		return "het associatiemasker mist de directorygroepen alleen door spaties"
	case "a directory group of the person differs by blanks only from the one wanted":
		return "een directorygroep van de persoon verschilt alleen in spaties van de gewenste"
	case "the association mask matches the groups of every product: a group of another product by the name of an operator group lets people in here":
		return "het associatiemasker past op de groepen van elk product: een groep van een ander product met de naam van een operatorgroep laat hier mensen toe"
	case "a dot in the association mask stands for any character":
		return "een punt in het associatiemasker staat voor elk teken"
	case "the association mask cannot be used":
		return "het associatiemasker is niet bruikbaar"
	case "the association mask is read as a prefix, letter by letter, but %s makes it look like a pattern":
		return "het associatiemasker wordt als voorvoegsel gelezen, letter voor letter, maar door %s lijkt het een patroon"
	case "the association mask holds the manual's placeholder %s":
		return "het associatiemasker bevat de plaatsaanduiding %s uit de handleiding"
	case "the quotes around the association mask were copied along with it":
		return "de aanhalingstekens rond het associatiemasker zijn meegekopieerd"
	case "the member %s of %s is a near miss of %s":
		return "het lid %s van %s is bijna, maar net niet, %s"
	case "the directory group misses the operator group %s by its spelling":
		return "de directorygroep mist de operatorgroep %s door de spelling"
	case "the association mask is a near miss of what the directory groups begin with":
		return "het associatiemasker is bijna, maar net niet, waarmee de directorygroepen beginnen"
	case "a directory group of the person is a near miss of one that would let the person in":
		return "een directorygroep van de persoon is bijna, maar net niet, een groep die toegang zou geven"
	case "the name %s does not exist for the resolver that was asked":
		return "de naam %s bestaat niet voor de bevraagde resolver"
	case "the resolver could not say where %s is":
		return "de resolver kon niet zeggen waar %s is"
	case "the name %s leads to different addresses here and elsewhere":
		return "de naam %s leidt hier en elders naar verschillende adressen"
	case "the gateway %s keeps its sign-ins in another database: a sign-in begun there cannot be finished elsewhere":
		return "de gateway %s bewaart aanmeldingen in een andere database: een daar begonnen aanmelding kan elders niet worden afgerond"
	case "the gateway %s seals with a key that %s does not have":
		return "de gateway %s verzegelt met een sleutel die %s niet heeft"
	case "the gateway %s runs another version of the program":
		return "de gateway %s draait een andere versie van het programma"
	case "the operator group %s is written twice; the rights of the first count, those of the second do not":
		return "de operatorgroep %s staat er twee keer; de rechten van de eerste tellen, die van de tweede niet"
	case "the organization id is empty: nobody belongs to that organization":
		return "de organisatie-id is leeg: niemand hoort bij die organisatie"
	case "%s is not an organization id":
		return "%s is geen organisatie-id"
	case "the person belongs to other organizations than the account's":
		return "de persoon hoort bij andere organisaties dan die van het account"
	case "the account names another organization than the one that was provisioned":
		return "het account noemt een andere organisatie dan de ingerichte"
	case "the provider announces PKCE without S256; usher never signs in without":
		return "de provider kondigt PKCE zonder S256 aan; usher meldt nooit aan zonder"
	case "several gateways run this file on one machine":
		return "meerdere gateways draaien dit bestand op één machine"
	case "the provider says another product context of the person than the account works with":
		return "de provider noemt voor de persoon een andere productcontext dan waarmee het account werkt"
	case "the account works with the product context %s, the organization was given %s":
		return "het account werkt met de productcontext %s, de organisatie kreeg %s"
	case "the product context is %s; the only right value is %s":
		return "de productcontext is %s; de enige juiste waarde is %s"
	case "the provider's profile answer cannot be used":
		return "het profielantwoord van de provider is niet bruikbaar"
	case "the provider answered with an error":
		return "de provider antwoordde met een fout"
	case "the provider does not answer, or nothing that can be read":
		return "de provider antwoordt niet, of niets leesbaars"
	case "another server guards %s and asks usher, but no proxy is trusted: what it says of a request is not believed":
		return "een andere server bewaakt %s en bevraagt usher, maar geen proxy wordt vertrouwd: wat hij over een verzoek zegt wordt niet geloofd"
	case "the egress proxy %s wants credentials":
		return "de uitgaande proxy %s wil inloggegevens"
	case "%s reaches the world in another way than %s: what one of them sees need not hold for the other":
		return "%s bereikt de wereld anders dan %s: wat de een ziet hoeft voor de ander niet te gelden"
	case "%s is reached through the egress proxy, which refuses, while the direct way works":
		return "%s wordt bereikt via de uitgaande proxy, die weigert, terwijl de directe weg werkt"
	case "the proxy %s says whose request this is, and is not trusted":
		return "de proxy %s zegt van wie een verzoek is, en wordt niet vertrouwd"
	case "the whole application is public: usher guards nothing there":
		return "de hele toepassing is openbaar: usher bewaakt daar niets"
	case "the public path %s is never asked for":
		return "het openbare pad %s wordt nooit opgevraagd"
	case "browsers reach the gateway over http: they keep no session cookie there, and go round in circles":
		return "browsers bereiken de gateway via http: daar bewaren ze geen sessiecookie, en draaien ze in een kring"
	case "what answers at the public address is not this gateway":
		return "wat op het publieke adres antwoordt is niet deze gateway"
	case "the front server changes the query of an address: people land elsewhere after the sign-in, and states are lost":
		return "de voorste server verandert de query van een adres: mensen komen na de aanmelding elders uit, en states gaan verloren"
	case "the gateway %s read the file anew and kept the old one":
		return "de gateway %s las het bestand opnieuw en hield het oude"
	case "the request's path could be read in two ways, so it was refused":
		return "het pad van het verzoek was op twee manieren te lezen, en werd daarom geweigerd"
	case "the gateway %s runs another state of the file than the one judged here":
		return "de gateway %s draait een andere staat van het bestand dan hier wordt beoordeeld"
	case "the right %s is a near miss of %s":
		return "het recht %s is bijna, maar net niet, %s"
	case "the scope %s was asked for and not granted":
		return "de scope %s werd gevraagd en niet verleend"
	case "the account does not ask for the scope %s":
		return "het account vraagt niet om de scope %s"
	case "the provider knows the client and refuses it whatever its secret: it is switched off, or may not exchange codes for tokens":
		return "de provider kent de client en weigert hem wat het geheim ook is: hij staat uit, of mag geen codes voor tokens wisselen"
	case "several scopes are run together: %s":
		return "verscheidene scopes staan aan elkaar: %s"
	case "the scope %s is a near miss of %s":
		return "de scope %s is bijna, maar net niet, %s"
	case "the scope %s is not provisioned for the client %s; one such scope makes the provider refuse the whole request":
		return "de scope %s is niet ingericht voor de client %s; door één zo'n scope weigert de provider het hele verzoek"
	case "the provider refuses the scope %s: without it the request is accepted":
		return "de provider weigert de scope %s: zonder die wordt het verzoek aanvaard"
	case "the provider refuses the scopes; no single one is at fault":
		return "de provider weigert de scopes; er is er niet één de schuldige"
	case "the client secret is that of %s, another client":
		return "het clientgeheim is dat van %s, een andere client"
	case "a session ends after %s in any case, so the idle limit of %s never counts":
		return "een sessie eindigt hoe dan ook na %s, dus de stiltegrens van %s telt nooit"
	case "a session ends after %s without a request: people will sign in again and again":
		return "een sessie eindigt na %s zonder verzoek: mensen zullen zich steeds opnieuw aanmelden"
	case "a session lasts for %s: whoever was taken out of a group meanwhile is judged by old membership":
		return "een sessie duurt %s: wie intussen uit een groep is gehaald wordt naar oud lidmaatschap beoordeeld"
	case "the database does not answer":
		return "de database antwoordt niet"
	case "the provider signs ID tokens in no way that is accepted":
		return "de provider ondertekent ID-tokens op geen aanvaarde manier"
	case "the browser came back without the cookie of this sign-in":
		return "de browser kwam terug zonder de cookie van deze aanmelding"
	case "many sign-ins come back without their cookie":
		return "veel aanmeldingen komen terug zonder hun cookie"
	case "the sign-in was begun too long ago":
		return "de aanmelding is te lang geleden begonnen"
	case "the browser came back without exactly one state":
		return "de browser kwam terug zonder precies één state"
	case "no sign-in with this state is open: it was finished already, or begun elsewhere":
		return "er staat geen aanmelding met deze state open: ze was al afgerond, of elders begonnen"
	case "the front server keeps an answer back until it is complete":
		return "de voorste server houdt een antwoord vast tot het compleet is"
	case "the finding was accepted until %s, which is over":
		return "de bevinding was aanvaard tot %s, en dat is voorbij"
	case "there is no check %s: this accepts nothing":
		return "er is geen controle %s: dit aanvaardt niets"
	case "nothing is found that this acceptance would accept":
		return "er wordt niets gevonden dat deze aanvaarding zou aanvaarden"
	case "what answers at %s:%s does not speak TLS":
		return "wat op %s:%s antwoordt spreekt geen TLS"
	case "%s speaks no TLS that is still safe":
		return "%s spreekt geen TLS die nog veilig is"
	case "the token endpoint answered, but the answer cannot be used":
		return "het token-eindpunt antwoordde, maar het antwoord is niet bruikbaar"
	case "the provider takes no client secret":
		return "de provider accepteert geen clientgeheim"
	case "the token endpoint refused the code":
		return "het token-eindpunt weigerde de code"
	case "%s trusts the whole world to say whose request this is":
		return "%s vertrouwt de hele wereld om te zeggen van wie een verzoek is"
	case "the network %s is wider than a proxy needs: every machine in it may say whose request this is":
		return "het netwerk %s is ruimer dan een proxy nodig heeft: elke machine erin mag zeggen van wie een verzoek is"
	case "most people who are sent to the provider never come back":
		return "de meeste mensen die naar de provider gestuurd worden komen nooit terug"
	case "the upstream is usher's own address: requests would go round in circles":
		return "de upstream is het eigen adres van usher: verzoeken zouden in een kring draaien"
	case "the application sends browsers to its inner address":
		return "de toepassing stuurt browsers naar haar interne adres"
	case "the upstream of %s does not answer":
		return "de upstream van %s antwoordt niet"
	case "websockets do not come through the front server":
		return "websockets komen niet door de voorste server"
	case "the secret's %s %s cannot be read here: %s":
		return "%s %s van het geheim is hier niet leesbaar: %s"
	case "whether the provider knows the client id":
		return "of de provider de client-id kent"
	case "whether the client secret is right":
		return "of het clientgeheim klopt"
	case "whether the callback URL is on the client's allow-list":
		return "of de callback-URL op de toegestane lijst van de client staat"
	case "whether every scope is provisioned":
		return "of elke scope is ingericht"
	}
	return ""
}
