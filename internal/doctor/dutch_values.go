// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchValues is what was seen and what was wanted, where it is told rather
// than shown.
func dutchValues(english string) string {
	switch english {
	case "an upstream that begins with https://":
		return "een upstream die met https:// begint"
	case "%s without a %s":
		return "%s zonder %s"
	case "both, or neither":
		return "beide, of geen van beide"
	case "%s, which means something else":
		return "%s, dat iets anders betekent"
	case "%s, for two fields":
		return "%s, voor twee velden"
	case "a name for each field":
		return "een naam voor elk veld"
	case "the key of upstream_tls.cert_file":
		return "de sleutel van upstream_tls.cert_file"
	case "certificates, PEM":
		return "certificaten, PEM"
	case "%d failed, none got in":
		return "%d mislukt, niemand kwam binnen"
	case "%d failed, none got in, mostly for %s":
		return "%d mislukt, niemand kwam binnen, meestal om %s"
	case "%s MiB free":
		return "%s MiB vrij"
	case "%s among them":
		return "%s daarbij"
	case "%s and %d more":
		return "%s en nog %d"
	case "%s characters":
		return "%s tekens"
	case "%s for nobody":
		return "%s voor niemand"
	case "%s from %s":
		return "%s van %s"
	case "%s keys, none for signatures":
		return "%s sleutels, geen voor handtekeningen"
	case "%s of %s":
		return "%s van %s"
	case "%s of %s failed there":
		return "daar mislukten er %s van %s"
	case "%s of type %s":
		return "%s van type %s"
	case "%s of type %s, disabled":
		return "%s van type %s, uitgeschakeld"
	case "%s sign-ins elsewhere":
		return "%s aanmeldingen elders"
	case "%s to %s":
		return "%s tot %s"
	case "%s, a page":
		return "%s, een pagina"
	case "%s, error %s":
		return "%s, fout %s"
	case "2048 bits at least":
		return "minstens 2048 bits"
	case "24 letters and digits and %s":
		return "24 letters en cijfers en %s"
	case "512 at most":
		return "hoogstens 512"
	case "no room for a row":
		return "geen ruimte voor een rij"
	case "64 MiB at least":
		return "minstens 64 MiB"
	case "HTTP 401 for nobody":
		return "HTTP 401 voor niemand"
	case "HTTP 401, or a redirect to %s":
		return "HTTP 401, of een omleiding naar %s"
	case "IPv4 connects, IPv6 does not":
		return "IPv4 maakt verbinding, IPv6 niet"
	case "PEM certificates of authorities":
		return "PEM-certificaten van instanties"
	case "TLS 1.2 or 1.3":
		return "TLS 1.2 of 1.3"
	case "a TLS handshake":
		return "een TLS-handshake"
	case "a certificate that is valid now":
		return "een certificaat dat nu geldig is"
	case "a client id":
		return "een client-id"
	case "a client of the platform Web":
		return "een client van het platform Web"
	case "a comma or a blank between scopes":
		return "een komma of een spatie tussen scopes"
	case "a connection":
		return "een verbinding"
	case "a database of its own":
		return "een eigen database"
	case "a day or so":
		return "een dag of zo"
	case "a day to come, or no acceptance":
		return "een dag die nog komt, of geen aanvaarding"
	case "a directory group that the %s %s matches":
		return "een directorygroep die bij %s %s past"
	case "a file":
		return "een bestand"
	case "a file that can be put in force":
		return "een bestand dat in werking kan treden"
	case "a file that usher may read":
		return "een bestand dat usher mag lezen"
	case "a forged X-Forwarded-Host was taken":
		return "een vervalste X-Forwarded-Host werd aangenomen"
	case "a fresh answer each time":
		return "elke keer een vers antwoord"
	case "a key set":
		return "een sleutelset"
	case "a mask with the product's and the tenant's name":
		return "een masker met de naam van het product en van de tenant"
	case "a name of its own":
		return "een eigen naam"
	case "a page of the provider's, HTTP %d":
		return "een pagina van de provider, HTTP %d"
	case "a path as the address bar shows it, without encodings and dots":
		return "een pad zoals de adresbalk het toont, zonder coderingen en punten"
	case "a path below %s/, where the application lives":
		return "een pad onder %s/, waar de toepassing staat"
	case "a path, or a beginning that ends in a slash; never a pattern":
		return "een pad, of een begin dat op een schuine streep eindigt; nooit een patroon"
	case "a pattern with one capture, (.*), or a prefix without such signs":
		return "een patroon met één vanggroep, (.*), of een voorvoegsel zonder zulke tekens"
	case "a placeholder":
		return "een invulwoord"
	case "a row written and read back":
		return "een rij die geschreven en teruggelezen is"
	case "a secret":
		return "een geheim"
	case "a secret that the organization does not list":
		return "een geheim dat de organisatie niet noemt"
	case "a sign-in page":
		return "een aanmeldpagina"
	case "a state that was changed":
		return "een state die veranderd is"
	case "a way to %s":
		return "een weg naar %s"
	case "all of it":
		return "alles ervan"
	case "all parts at once":
		return "alle delen tegelijk"
	case "also process %s":
		return "ook proces %s"
	case "an address":
		return "een adres"
	case "an address at %s":
		return "een adres op %s"
	case "an address of its own":
		return "een eigen adres"
	case "an address such as https://login.corp.example":
		return "een adres zoals https://login.corp.example"
	case "an address that no other application has":
		return "een adres dat geen andere toepassing heeft"
	case "an answer":
		return "een antwoord"
	case "an answer 401 without its Set-Cookie":
		return "een antwoord 401 zonder zijn Set-Cookie"
	case "an authority of the system, or of server.ca_file":
		return "een instantie van het systeem, of uit server.ca_file"
	case "an empty secret":
		return "een leeg geheim"
	case "an expression that compiles":
		return "een geldige expressie"
	case "an id for each key":
		return "een id voor elke sleutel"
	case "an operator group that somebody can be in":
		return "een operatorgroep waar iemand in kan zitten"
	case "another answer than for a client id that nobody has":
		return "een ander antwoord dan op een client-id die niemand heeft"
	case "another answer than for a secret that is certainly wrong":
		return "een ander antwoord dan op een geheim dat zeker fout is"
	case "another query than was sent":
		return "een andere query dan verstuurd is"
	case "asked for: %s":
		return "gevraagd: %s"
	case "at %s":
		return "op %s"
	case "at least one directory group that the %s %s matches":
		return "minstens één directorygroep die bij %s %s past"
	case "at least one operator group, or no list at all for any operator":
		return "minstens één operatorgroep, of helemaal geen lijst voor elke operator"
	case "back at our callback":
		return "terug bij onze callback"
	case "begun at %s":
		return "begonnen om %s"
	case "blanks, line ends or invisible characters around it":
		return "spaties, regeleinden of onzichtbare tekens eromheen"
	case "both connect":
		return "beide maken verbinding"
	case "client_secret_basic or client_secret_post":
		return "client_secret_basic of client_secret_post"
	case "each part when it was sent":
		return "elk deel zodra het verstuurd is"
	case "form %d":
		return "vorm %d"
	case "form %s at most":
		return "hoogstens vorm %s"
	case "hardly any":
		return "bijna geen"
	case "https, no wildcard, 256 characters at most":
		return "https, geen jokerteken, hoogstens 256 tekens"
	case "idle %s":
		return "inactief %s"
	case "invalid_grant, as for any unknown code":
		return "invalid_grant, als op elke onbekende code"
	case "issued by %s":
		return "uitgegeven door %s"
	case "issued by %s, which was not sent":
		return "uitgegeven door %s, dat niet is meegestuurd"
	case "it takes %s":
		return "het accepteert %s"
	case "it takes %s only":
		return "het accepteert alleen %s"
	case "less than %s":
		return "minder dan %s"
	case "less than the lifetime %s":
		return "minder dan de levensduur %s"
	case "mode %s":
		return "modus %s"
	case "mode 0600":
		return "modus 0600"
	case "names that the mask can match":
		return "namen die bij het masker kunnen passen"
	case "no %s":
		return "geen %s"
	case "no answer to go by, HTTP %d":
		return "geen antwoord waar iets uit blijkt, HTTP %d"
	case "no audience":
		return "geen doelgroep (audience)"
	case "no certificate":
		return "geen certificaat"
	case "no certificate of an authority":
		return "geen certificaat van een instantie"
	case "no cookie in the second request":
		return "geen cookie in het tweede verzoek"
	case "no iss, though the metadata announces one":
		return "geen iss, hoewel de metadata er een aankondigt"
	case "no proxy":
		return "geen proxy"
	case "no scopes":
		return "geen scopes"
	case "no secret":
		return "geen geheim"
	case "no state":
		return "geen state"
	case "no such directory group":
		return "geen directorygroep met die naam"
	case "no such finding":
		return "geen bevinding van dien aard"
	case "no trusted proxy":
		return "geen vertrouwde proxy"
	case "no upgrade":
		return "geen upgrade"
	case "none is registered":
		return "er is er geen geregistreerd"
	case "none of them":
		return "geen ervan"
	case "none to accept, so no acceptance":
		return "niets te aanvaarden, dus geen aanvaarding"
	case "not written":
		return "niet geschreven"
	case "on-premise or hybrid, for the checks to apply":
		return "on-premise of hybrid, willen de controles van toepassing zijn"
	case "one at least":
		return "minstens één"
	case "one entry":
		return "één vermelding"
	case "one external account for IMS":
		return "één extern account voor IMS"
	case "one of server.trusted_proxies":
		return "een van server.trusted_proxies"
	case "one of the client's secrets":
		return "een van de geheimen van de client"
	case "one of type %s with the internal name %s":
		return "een van type %s met de interne naam %s"
	case "one process":
		return "één proces"
	case "one that the mask %s turns into %s":
		return "een die het masker %s omzet in %s"
	case "prefix %s":
		return "voorvoegsel %s"
	case "public keys only":
		return "alleen openbare sleutels"
	case "read from the file %s, %d bytes":
		return "gelezen uit het bestand %s, %d bytes"
	case "read from the variable %s, %d bytes":
		return "gelezen uit de variabele %s, %d bytes"
	case "redirects without end":
		return "omleidingen zonder einde"
	case "revision %s":
		return "revisie %s"
	case "revision %s, loaded %s":
		return "revisie %s, geladen %s"
	case "scopes that are provisioned for the client":
		return "scopes die voor de client ingericht zijn"
	case "sent on to %s":
		return "doorgestuurd naar %s"
	case "sent: %s":
		return "verstuurd: %s"
	case "sign-ins as before, the last at %s":
		return "aanmeldingen zoals voorheen, de laatste om %s"
	case "some minutes at least":
		return "minstens een paar minuten"
	case "the address that operators use":
		return "het adres dat operators gebruiken"
	case "the address that the front server asks from":
		return "het adres waar de voorste server vandaan vraagt"
	case "the address with the directory's own id in it":
		return "het adres met de eigen id van de directory erin"
	case "the addresses of the proxies":
		return "de adressen van de proxy's"
	case "the answer in the fragment":
		return "het antwoord in het fragment"
	case "the answer in the query":
		return "het antwoord in de query"
	case "the application's own address":
		return "het eigen adres van de toepassing"
	case "the audience that the provider writes into tokens for this gateway":
		return "de doelgroep die de provider in tokens voor deze gateway schrijft"
	case "the browser back at the callback within %s":
		return "de browser binnen %s terug bij de callback"
	case "the certificate and its chain, PEM":
		return "het certificaat en zijn keten, PEM"
	case "the client id once more":
		return "nog eens de client-id"
	case "the client id that Adobe gave this instance":
		return "de client-id die Adobe aan deze instantie gaf"
	case "the client's back-channel logout address at the provider":
		return "het adres voor back-channel-logout van de client bij de provider"
	case "the client's secret":
		return "het geheim van de client"
	case "the code of a check":
		return "de code van een controle"
	case "the cookie passed on":
		return "de cookie doorgegeven"
	case "the cookie that was set in the first answer":
		return "de cookie die in het eerste antwoord werd gezet"
	case "the direct way":
		return "de directe weg"
	case "the document at %s":
		return "het document op %s"
	case "the front server's own word":
		return "het eigen woord van de voorste server"
	case "the gateway's own answer":
		return "het eigen antwoord van de gateway"
	case "the key of another certificate":
		return "de sleutel van een ander certificaat"
	case "the key of server.tls.cert_file":
		return "de sleutel van server.tls.cert_file"
	case "the keys at %s":
		return "de sleutels op %s"
	case "the paths that need no sign-in":
		return "de paden die geen aanmelding nodig hebben"
	case "the provider's login page":
		return "de aanmeldpagina van de provider"
	case "the provider's own certificate":
		return "het eigen certificaat van de provider"
	case "the same answer twice":
		return "tweemaal hetzelfde antwoord"
	case "the same, byte for byte":
		return "hetzelfde, byte voor byte"
	case "the secret alone":
		return "alleen het geheim"
	case "the secret of %s":
		return "het geheim van %s"
	case "the state that was sent":
		return "de state die verstuurd is"
	case "the system's resolver":
		return "de resolver van het systeem"
	case "the value that belongs there":
		return "de waarde die daar hoort"
	case "the whole chain":
		return "de hele keten"
	case "three weeks left at least":
		return "nog minstens drie weken"
	case "twice %s":
		return "tweemaal %s"
	case "unknown: %s":
		return "onbekend: %s"
	case "valid from %s to %s":
		return "geldig van %s tot %s"
	case "valid to %s":
		return "geldig tot %s"
	case "what the directory groups of this instance begin with":
		return "waar de directorygroepen van deze instantie mee beginnen"
	case "written again":
		return "nog eens geschreven"
	case "written in the configuration file, %d bytes":
		return "staat in het configuratiebestand, %d bytes"
	case "without it IMS does not say which products the person was given":
		return "zonder die scope zegt IMS niet welke producten de persoon kreeg"
	case "without it IMS does not give the person's profile":
		return "zonder die scope geeft IMS het profiel van de persoon niet"
	case "without it there is no ID token":
		return "zonder die scope is er geen ID-token"
	case "in the body":
		return "in de inhoud"
	case "in the body (client_secret_post)":
		return "in de inhoud (client_secret_post)"
	case "in the header":
		return "in de header"
	case "in the header (client_secret_basic)":
		return "in de header (client_secret_basic)"
	case "usher doctor %s once more, when the provider answers this machine":
		return "usher doctor %s nog eens, zodra de provider deze machine antwoordt"
	case "usher doctor %s once more, when the provider answers this machine; or write organization: into it from the Enterprise Dashboard":
		return "usher doctor %s nog eens, zodra de provider deze machine antwoordt; of schrijf organization: erin, vanuit het Enterprise Dashboard"
	case "usher doctor %s on the gateway's machine, while the gateway runs":
		return "usher doctor %s op de machine van de gateway, terwijl de gateway draait"
	case "usher doctor %s, without --no-auth-probes":
		return "usher doctor %s, zonder --no-auth-probes"
	case "usher rehearse %s, a real sign-in; or write organization: into it from the Enterprise Dashboard":
		return "usher rehearse %s, een echte aanmelding; of schrijf organization: erin, vanuit het Enterprise Dashboard"
	case "what answers at the callback path":
		return "wat op het callbackpad antwoordt"
	case "how requests arrive at the gateway":
		return "hoe verzoeken bij de gateway aankomen"
	case "whether an answer is kept in front":
		return "of een antwoord ervoor bewaard wordt"
	case "how large a header comes through":
		return "hoe grote headers doorkomen"
	case "usher doctor %s once more, on the gateway's machine":
		return "usher doctor %s nog eens, op de machine van de gateway"
	case "not known: what an application receives of identity headers that a client sends; only the application sees it":
		return "niet bekend: wat een toepassing krijgt van identiteitsheaders die een client stuurt; alleen de toepassing ziet het"
	case "ask for the application with such a header of your own, and look at what it receives: curl -H 'Remote-User: nobody' ADDRESS":
		return "vraag de toepassing op met zelf zo'n header, en kijk wat zij krijgt: curl -H 'Remote-User: nobody' ADRES"
	case "not known: what a front server makes of usher's answer; none was seen to ask":
		return "niet bekend: wat een voorste server van het antwoord van usher maakt; er is er geen gezien die vroeg"
	case "sign out, ask for an application at its public address, and see what comes":
		return "meld u af, vraag een toepassing op aan haar publieke adres, en kijk wat er komt"
	case "not known: whether websockets come through the front server; the application behind it decides that, too":
		return "niet bekend: of websockets door de voorste server komen; de toepassing erachter beslist daar ook over"
	case "use the application's page that needs one, signed in":
		return "gebruik aangemeld de pagina van de toepassing die er een nodig heeft"
	case "not known: whether the front server passes an answer on in parts; the application behind it gives none to nobody":
		return "niet bekend: of de voorste server een antwoord in delen doorgeeft; de toepassing erachter geeft er geen aan niemand"
	case "watch an answer that takes its time, signed in: curl -N with the session's cookie":
		return "bekijk aangemeld een antwoord dat tijd neemt: curl -N met de cookie van de sessie"
	case "not known: what the running gateways hold of the provider; they fetch it again by themselves":
		return "niet bekend: wat de draaiende gateways van de provider bewaren; ze halen het uit zichzelf opnieuw op"
	case "sign in once: a gateway fetches what it does not know, and the log says so":
		return "meld u eenmaal aan: een gateway haalt op wat hij niet kent, en het logboek zegt het"
	case "what the provider sends back to the callback":
		return "wat de provider naar de callback terugstuurt"
	case "%s, says %s":
		return "%s, zegt %s"
	case "not found":
		return "niet gevonden"
	case "its name servers fail":
		return "de naamservers falen"
	case "whether %s is trusted is not known: server.ca_file %s cannot be seen here (%s)":
		return "of %s vertrouwd wordt is niet bekend: server.ca_file %s is hier niet te zien (%s)"
	case "usher doctor %s on the gateway's machine, as the user that it runs as":
		return "usher doctor %s op de machine van de gateway, als de gebruiker waaronder hij draait"
	case "the Experience Cloud tenant is a name":
		return "de tenant van de Experience Cloud is een naam"
	case "the Experience Cloud tenant %s is no tenant's name":
		return "de Experience Cloud-tenant %s is geen naam van een tenant"
	case "the tenant's name alone, as it stands in Experience Cloud addresses":
		return "alleen de naam van de tenant, zoals die in adressen van de Experience Cloud staat"
	case "copy the name from the address of the Experience Cloud: what stands after @ or before experiencecloud.adobe.com":
		return "neem de naam over uit het adres van de Experience Cloud: wat achter @ staat, of vóór experiencecloud.adobe.com"
	case "people bring directory groups along":
		return "mensen brengen directorygroepen mee"
	case "the mask matches groups that people bring along":
		return "het masker past op groepen die mensen meebrengen"
	case "none of the last %d people brought a directory group along":
		return "geen van de laatste %d mensen bracht een directorygroep mee"
	case "the groups of each person":
		return "de groepen van elke persoon"
	case "see that the scopes of the account are provisioned, and that the people have a product profile of this instance in the Enterprise Dashboard":
		return "zie of de scopes van het account ingericht zijn, en of de mensen in het Enterprise Dashboard een productprofiel van deze instantie hebben"
	case "groups are read from the claim %s":
		return "groepen worden uit de claim %s gelezen"
	case "have the provider put groups into that claim, or write groups_claim: with the claim's name as the provider has it; usher rehearse %s shows the claims that come":
		return "laat de provider groepen in die claim zetten, of schrijf groups_claim: met de naam die de claim bij de provider heeft; usher rehearse %s toont de claims die komen"
	case "the association mask matches no directory group that any of the last %d people is in":
		return "het associatiemasker past op geen directorygroep waar een van de laatste %d mensen in zit"
	case "write the mask as these names begin, if they are this instance's; or create the directory groups in the Enterprise Dashboard, and add people to them":
		return "schrijf het masker zoals deze namen beginnen, als ze van deze instantie zijn; of maak de directorygroepen in het Enterprise Dashboard en zet er mensen in"
	case "no two directory groups lead to one operator group":
		return "geen twee directorygroepen leiden naar één operatorgroep"
	case "%d directory groups lead to the operator group %s: whoever is in any of them is in it":
		return "%d directorygroepen leiden naar de operatorgroep %s: wie in een ervan zit, zit erin"
	case "one directory group for each operator group":
		return "één directorygroep voor elke operatorgroep"
	case "write into the mask what only this instance's groups have in common; where both are meant, accept the finding with suppress:":
		return "schrijf in het masker wat alleen de groepen van deze instantie gemeen hebben; waar beide bedoeld zijn, aanvaard de bevinding met suppress:"
	case "the scope %s is torn in two: the provider knows neither half":
		return "de scope %s is in tweeën gebroken: de provider kent geen van beide helften"
	case "write %s in one piece":
		return "schrijf %s aan één stuk"
	case "prefix":
		return "voorvoegsel"
	case "pattern":
		return "patroon"
	case "env":
		return "variabele"
	case "%d bytes":
		return "%d bytes"
	}
	return ""
}
