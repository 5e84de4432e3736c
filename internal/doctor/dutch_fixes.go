// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchFixes has what is to be done, and lines of evidence.
func dutchFixes(english string) string {
	switch english {
	case "write https:// and the port where the application takes such connections, or take upstream_tls out":
		return "schrijf https:// en de poort waar de applicatie zulke verbindingen aanneemt, of haal upstream_tls weg"
	case "name beside it, as %s, the file with the other half, PEM":
		return "noem ernaast, als %s, het bestand met de andere helft, PEM"
	case "choose another name, and have the application read it":
		return "kies een andere naam, en laat de toepassing die lezen"
	case "write it in PEM form: openssl x509 -inform der -in FILE -out FILE.pem":
		return "schrijf het in PEM-vorm: openssl x509 -inform der -in FILE -out FILE.pem"
	case "switch the client on at the provider, and the authorization code flow for it":
		return "zet bij de provider de client aan, en de authorization code flow ervoor"
	case "put commas between them":
		return "zet er komma's tussen"
	case "write each of them as an item of its own":
		return "schrijf elk ervan als een eigen element"
	case "%s does not separate scopes; a comma or a blank does":
		return "%s scheidt geen scopes; een komma of een spatie wel"
	case "let the front server and any CDN keep nothing below %s, and heed Cache-Control: no-store":
		return "laat de voorste server en een eventueel CDN niets onder %s bewaren, en Cache-Control: no-store naleven"
	case "usher doctor %s without --offline, or write organization: into it from the Enterprise Dashboard":
		return "usher doctor %s zonder --offline, of schrijf organization: erin, vanuit het Enterprise Dashboard"
	case "give the application a host or a path prefix of its own":
		return "geef de toepassing een eigen host of padvoorvoegsel"
	case "create the directory group in the Enterprise Dashboard by this very name: %s":
		return "maak in het Enterprise Dashboard de directorygroep met precies deze naam: %s"
	case "create such a directory group in the Enterprise Dashboard":
		return "maak zo'n directorygroep in het Enterprise Dashboard"
	case "write organization.product_context into %s, from the Enterprise Dashboard":
		return "schrijf organization.product_context in %s, vanuit het Enterprise Dashboard"
	case "write organization.id into %s, from the Enterprise Dashboard":
		return "schrijf organization.id in %s, vanuit het Enterprise Dashboard"
	case "write organization.groups into %s, from the Enterprise Dashboard":
		return "schrijf organization.groups in %s, vanuit het Enterprise Dashboard"
	case "create the directory group, or allow another operator group":
		return "maak de directorygroep, of laat een andere operatorgroep toe"
	case "name the operator groups that may enter":
		return "noem de operatorgroepen die naar binnen mogen"
	case "write %s":
		return "schrijf %s"
	case "write %s, and serve it with a certificate":
		return "schrijf %s, en bied het aan met een certificaat"
	case "the evidence names the part of the token: aud and client_id are the account's bearer: in the file, typ is an ID token or an opaque one, a time is an old token or a clock, a signature is another provider's":
		return "het bewijs noemt het deel van het token: aud en client_id staan bij bearer: van het account in het bestand, typ is een ID-token of een ondoorzichtig token, een tijd is een oud token of een klok, een handtekening is van een andere provider"
	case "write bearer: {audience: [ADDRESS]}, with what the provider puts into the claim aud":
		return "schrijf bearer: {audience: [ADRES]}, met wat de provider in de claim aud zet"
	case "write the name of an application, or take this one out of the list":
		return "schrijf de naam van een toepassing, of haal deze uit de lijst"
	case "register %s at the gateway's public address as the client's back-channel logout address; nothing, if that is done":
		return "registreer %s op het publieke adres van de gateway als back-channel-logoutadres van de client; niets, als dat al gedaan is"
	case "add the person to a directory group that leads to one of them, or one of the person's groups to the application's allow":
		return "voeg de persoon toe aan een directorygroep die naar een ervan leidt, of een van de groepen van de persoon aan allow van de toepassing"
	case "write an application whose url covers it, or take the address out of the front server":
		return "schrijf een toepassing waarvan de url het dekt, of haal het adres uit de voorste server"
	case "ask the person what they saw: adobe.com, an error page, or no page at all":
		return "vraag de persoon wat die zag: adobe.com, een foutpagina, of helemaal geen pagina"
	case "usher sees nothing of what happens at the provider: the causes that are left follow, the likeliest first":
		return "usher ziet niets van wat er bij de provider gebeurt: de overgebleven oorzaken volgen, de waarschijnlijkste eerst"
	case "let the front server ask usher's own address for its kind of server, and take 401 for nobody":
		return "laat de voorste server het adres van usher voor zijn soort server bevragen, en 401 als niemand opvatten"
	case "convert it: openssl x509 -inform der -in FILE -out FILE.pem; a server's own certificate is no authority":
		return "zet het om: openssl x509 -inform der -in FILE -out FILE.pem; het eigen certificaat van een server is geen instantie"
	case "write %s, which the provider accepts":
		return "schrijf %s, dat de provider accepteert"
	case "answered: %s, the same as for a host that nobody has":
		return "antwoord: %s, hetzelfde als voor een host die niemand heeft"
	case "accepted: %s (%s)":
		return "aanvaard: %s (%s)"
	case "usher rehearse %s":
		return "usher rehearse %s"
	case "have this address put on the client's allow-list, exactly: %s":
		return "laat dit adres op de toegestane lijst van de client zetten, precies zo: %s"
	case "write %s, which is listed":
		return "schrijf %s, dat op de lijst staat"
	case "write %s, and have it put on the client's allow-list":
		return "schrijf %s, en laat het op de toegestane lijst van de client zetten"
	case "have it corrected at the provider: %s":
		return "laat het bij de provider verbeteren: %s"
	case "have it corrected at the provider":
		return "laat het bij de provider verbeteren"
	case "have it shortened at the provider":
		return "laat het bij de provider inkorten"
	case "the vendor's pages show the backslash twice; once is meant":
		return "de pagina's van de leverancier tonen de backslash dubbel; één keer is bedoeld"
	case "have the dots escaped at the provider, and no wildcard in the host: %s":
		return "laat bij de provider de punten escapen, en geen jokerteken in de host: %s"
	case "let the front server pass %s to usher, without asking for a sign-in first":
		return "laat de voorste server %s aan usher doorgeven, zonder eerst om een aanmelding te vragen"
	case "%s has the address %s":
		return "%s heeft het adres %s"
	case "have %s allowed in the proxy or web filter, for usher's machine":
		return "laat %s toestaan in de proxy of het webfilter, voor de machine van usher"
	case "let the server send the full chain: a file that holds the certificate and then the intermediate":
		return "laat de server de volledige keten sturen: een bestand met het certificaat en daarna het tussenliggende"
	case "renew it, whoever runs %s; or set this machine's clock right":
		return "laat de beheerder van %s het vernieuwen; of zet de klok van deze machine goed"
	case "renew it, whoever runs %s":
		return "laat de beheerder van %s het vernieuwen"
	case "renew it":
		return "vernieuw het"
	case "use a name that the certificate has, or have the certificate made for %s":
		return "gebruik een naam die het certificaat heeft, of laat het certificaat voor %s maken"
	case "have %s excepted from inspection, or trust the box: server.ca_file with its root certificate":
		return "laat %s van inspectie uitzonderen, of vertrouw het kastje: server.ca_file met zijn basiscertificaat"
	case "write the authority's certificate (PEM) into a file and name it in server.ca_file":
		return "schrijf het certificaat van de instantie (PEM) in een bestand en noem dat in server.ca_file"
	case "let the provider take the secret %s for this client":
		return "laat de provider het geheim voor deze client zo aannemen: %s"
	case "copy the secret from the provider again; two may be valid while one is being replaced":
		return "kopieer het geheim opnieuw van de provider; er kunnen er twee geldig zijn tijdens een vervanging"
	case "on that workstation: close the console, delete the folders webview2* below Neolane\\NL_5\\nlclient in ProgramData and AppData, start it again":
		return "op dat werkstation: sluit de console, verwijder de mappen webview2* onder Neolane\\NL_5\\nlclient in ProgramData en AppData, start haar opnieuw"
	case "switch the authorization code flow on for this client, and its refresh tokens where you use them":
		return "schakel de authorization code flow in voor deze client, en refresh tokens waar u ze gebruikt"
	case "copy the client id from the provider into the account":
		return "kopieer de client-id van de provider naar het account"
	case "compare the client id with the provider's: it belongs to one environment and one organization":
		return "vergelijk de client-id met die van de provider: hij hoort bij één omgeving en één organisatie"
	case "register the callback URL under the platform Web":
		return "registreer de callback-URL onder het platform Web"
	case "have a secret made of letters and digits only, or let the provider take it in the body":
		return "laat een geheim van alleen letters en cijfers maken, of laat de provider het in de body aannemen"
	case "copy the secret from the provider: an export of the account leaves it out":
		return "kopieer het geheim van de provider: een export van het account laat het weg"
	case "write the secret again without them; in a shell: printf %%s SECRET > FILE":
		return "schrijf het geheim opnieuw zonder die tekens; in een shell: printf %%s SECRET > FILE"
	case "copy the secret from the provider":
		return "kopieer het geheim van de provider"
	case "copy the secret from the provider again; it may have been replaced there":
		return "kopieer het geheim opnieuw van de provider; het kan daar vervangen zijn"
	case "copy the secret, not the id, from the provider":
		return "kopieer het geheim, niet de id, van de provider"
	case "let the machine keep time: timedatectl set-ntp true":
		return "laat de machine de tijd bijhouden: timedatectl set-ntp true"
	case "let the front server repeat no request to %s, and let no scanner open links before people do":
		return "laat de voorste server geen verzoek aan %s herhalen, en laat geen scanner links openen vóór mensen dat doen"
	case "see that the address and port are right, and that a firewall does not answer for the host":
		return "kijk of adres en poort kloppen, en of er geen firewall namens de host antwoordt"
	case "let the firewall pass %s:%s from this machine, or set HTTPS_PROXY in the service's environment":
		return "laat de firewall %s:%s vanaf deze machine door, of zet HTTPS_PROXY in de omgeving van de dienst"
	case "nothing, if that is meant; else rename the directory group and the operator group":
		return "niets, als het zo bedoeld is; hernoem anders de directorygroep en de operatorgroep"
	case "pass the cookie on; in nginx: auth_request_set $c $upstream_http_set_cookie; add_header Set-Cookie $c always;":
		return "geef de cookie door; in nginx: auth_request_set $c $upstream_http_set_cookie; add_header Set-Cookie $c always;"
	case "see that the front server passes Set-Cookie and Cookie, and that the address is the same host over https":
		return "kijk of de voorste server Set-Cookie en Cookie doorgeeft, en of het adres dezelfde host is via https"
	case "end the program that holds the database: a backup, a tool, a copy of usher":
		return "beëindig het programma dat de database vasthoudt: een back-up, een hulpmiddel, een kopie van usher"
	case "make room: sign-ins fail when the disk is full":
		return "maak ruimte: aanmeldingen falen als de schijf vol is"
	case "write sqlite:usher.db":
		return "schrijf sqlite:usher.db"
	case "give the file and its folder to the user that usher runs as; for PostgreSQL, connect to the primary":
		return "geef het bestand en de map aan de gebruiker waaronder usher draait; verbind bij PostgreSQL met de primaire server"
	case "run the newer program everywhere, or restore the backup from before":
		return "draai overal het nieuwere programma, of zet de back-up van ervoor terug"
	case "the program starts the older form up by itself, never the newer one down":
		return "het programma brengt een oudere vorm vanzelf omhoog, nooit een nieuwere omlaag"
	case "restart the gateways, if they do not fetch it again by themselves within the hour":
		return "herstart de gateways, als ze het niet binnen het uur zelf opnieuw ophalen"
	case "tell the provider its public address (in Keycloak: the frontend URL)":
		return "vertel de provider zijn publieke adres (in Keycloak: de frontend URL)"
	case "tell the provider its public address; behind a proxy it may take http for its own scheme":
		return "vertel de provider zijn publieke adres; achter een proxy kan hij http voor zijn eigen schema houden"
	case "see what was wanted, on both sides; usher explain %s has the ways to mend it":
		return "kijk wat gewenst was, aan beide kanten; usher explain %s noemt de manieren om het te herstellen"
	case "the provider has to name these; see that the issuer is the right one":
		return "de provider moet deze noemen; kijk of de issuer de juiste is"
	case "see what answers there: a login page, a proxy or a firewall gives pages instead of JSON":
		return "kijk wat daar antwoordt: een aanmeldpagina, een proxy of een firewall geeft pagina's in plaats van JSON"
	case "write the issuer exactly as the provider does: %s":
		return "schrijf de issuer precies zoals de provider: %s"
	case "they differ by the final slash only, and it counts":
		return "ze verschillen alleen in de laatste schuine streep, en die telt"
	case "write the issuer that the final address belongs to":
		return "schrijf de issuer waar het uiteindelijke adres bij hoort"
	case "write the issuer exactly as the provider names it; a realm or directory id is often a part of it":
		return "schrijf de issuer precies zoals de provider hem noemt; een realm of directory-id hoort er vaak bij"
	case "it is there for the issuer %s":
		return "die is er voor de issuer %s"
	case "enable the account":
		return "schakel het account in"
	case "delete this account: a disabled one counts too, and the vendor's older and later name mean the same account":
		return "verwijder dit account: een uitgeschakeld account telt ook, en de oudere en latere naam van de leverancier zijn hetzelfde account"
	case "kept: %s, line %d":
		return "blijft: %s, regel %d"
	case "delete this account, or give it a name of its own":
		return "verwijder dit account, of geef het een eigen naam"
	case "give the account the internal name %s":
		return "geef het account de interne naam %s"
	case "give the account the type %s and the keys that go with it, or another internal name":
		return "geef het account het type %s en de sleutels die daarbij horen, of een andere interne naam"
	case "the Korean manual printed this from 2023 to 2024; the name is not translated":
		return "de Koreaanse handleiding drukte dit van 2023 tot 2024 af; de naam wordt niet vertaald"
	case "the traditional Chinese manual printed this in 2022; the name is not translated":
		return "de traditioneel Chinese handleiding drukte dit in 2022 af; de naam wordt niet vertaald"
	case "write the account into the file: usher import campaign reads it from the instance":
		return "schrijf het account in het bestand: usher import campaign leest het uit de instantie"
	case "chmod 600 %s":
		return "chmod 600 %s"
	case "create it, correct the name, or give it to the user that usher runs as":
		return "maak het, verbeter de naam, of geef het aan de gebruiker waaronder usher draait"
	case "take this machine out of the trusted proxies, or let the gateway listen where only the proxy reaches it":
		return "haal deze machine uit de vertrouwde proxy's, of laat de gateway luisteren waar alleen de proxy bij kan"
	case "let the front server send X-Forwarded-Host; in nginx: proxy_set_header X-Forwarded-Host $host;":
		return "laat de voorste server X-Forwarded-Host sturen; in nginx: proxy_set_header X-Forwarded-Host $host;"
	case "let the front server send X-Forwarded-Proto; in nginx: proxy_set_header X-Forwarded-Proto $scheme;":
		return "laat de voorste server X-Forwarded-Proto sturen; in nginx: proxy_set_header X-Forwarded-Proto $scheme;"
	case "put certificate and key of one and the same request there":
		return "zet daar certificaat en sleutel van een en dezelfde aanvraag"
	case "have the certificate made for %s":
		return "laat het certificaat voor %s maken"
	case "have the provider put names into the claim; in Entra: group names for groups synchronized from on premises, or application roles":
		return "laat de provider namen in de claim zetten; in Entra: groepsnamen voor groepen die van on-premises gesynchroniseerd zijn, of toepassingsrollen"
	case "add the person, in the Enterprise Dashboard, to a directory group that leads to an operator group":
		return "voeg de persoon in het Enterprise Dashboard toe aan een directorygroep die naar een operatorgroep leidt"
	case "limit the groups that the provider puts into the token to those assigned to this application":
		return "beperk de groepen die de provider in het token zet tot de groepen die aan deze toepassing zijn toegewezen"
	case "switch full paths off in the provider's mapper, or write a pattern that takes the last part: (?:.*/)(.+)":
		return "schakel volledige paden uit in de mapper van de provider, of schrijf een patroon dat het laatste deel neemt: (?:.*/)(.+)"
	case "limit the groups that the provider names to those of this product":
		return "beperk de groepen die de provider noemt tot die van dit product"
	case "raise the limit of the front server; in nginx: large_client_header_buffers 4 16k; and proxy_buffer_size 16k;":
		return "verhoog de grens van de voorste server; in nginx: large_client_header_buffers 4 16k; en proxy_buffer_size 16k;"
	case "open a case with Adobe's customer care: a hosted instance is theirs to mend":
		return "open een zaak bij de klantenservice van Adobe: een gehoste instantie is van hen om te herstellen"
	case "the evidence names the check: a wrong audience is a wrong client id, a wrong issuer a wrong server, a time in the future a clock; anything else may be an attack":
		return "het bewijs noemt de controle: een verkeerde audience is een verkeerde client-id, een verkeerde issuer een verkeerde server, een tijd in de toekomst een klok; al het andere kan een aanval zijn"
	case "let the front server clear these headers before it sets them from usher's answer":
		return "laat de voorste server deze headers wissen voordat hij ze uit het antwoord van usher zet"
	case "write %s here too: stage and production use the same production IMS":
		return "schrijf ook hier %s: stage en productie gebruiken dezelfde productie-IMS"
	case "%s has %s":
		return "%s heeft %s"
	case "write %s; stage instances use the production IMS too":
		return "schrijf %s; ook stage-instanties gebruiken de productie-IMS"
	case "write the address that operators use, or environment: development":
		return "schrijf het adres dat operators gebruiken, of environment: development"
	case "give each instance a database of its own":
		return "geef elke instantie een eigen database"
	case "%s has it too":
		return "%s heeft hem ook"
	case "give one of the two another name":
		return "geef een van de twee een andere naam"
	case "correct the one that is wrong; where they are meant to differ, suppress this with that reason":
		return "verbeter de verkeerde; waar ze met opzet verschillen, aanvaard dit met die reden"
	case "write the address at which operators reach this instance":
		return "schrijf het adres waarop operators deze instantie bereiken"
	case "write the address at which operators reach this instance, with https://":
		return "schrijf het adres waarop operators deze instantie bereiken, met https://"
	case "write an absolute address of this instance":
		return "schrijf een absoluut adres van deze instantie"
	case "mend IPv6 on this machine's network, or switch it off there":
		return "herstel IPv6 op het netwerk van deze machine, of schakel het daar uit"
	case "that is the address of the metadata, which hangs below the issuer":
		return "dat is het adres van de metadata, die onder de issuer hangt"
	case "write the directory's id in its place, such as https://login.microsoftonline.com/DIRECTORY-ID/v2.0":
		return "schrijf de id van de directory ervoor in de plaats, zoals https://login.microsoftonline.com/DIRECTORY-ID/v2.0"
	case "this is the provider's to mend; sign-ins fail whenever the other key is tried":
		return "dit moet de provider herstellen; aanmeldingen falen telkens als de andere sleutel wordt geprobeerd"
	case "this is the provider's to mend":
		return "dit moet de provider herstellen"
	case "tell whoever runs the provider, at once: the key must be replaced":
		return "vertel het meteen aan de beheerder van de provider: de sleutel moet vervangen worden"
	case "the gateway fetches them when it meets the first token; if that fails, let it reach %s":
		return "de gateway haalt ze op bij het eerste token; lukt dat niet, laat hem dan bij %s kunnen"
	case "see what answers there; a firewall may let the one host pass and not the other":
		return "kijk wat daar antwoordt; een firewall kan de ene host doorlaten en de andere niet"
	case "this is the provider's to mend: a longer key":
		return "dit moet de provider herstellen: een langere sleutel"
	case "write the internal name here: %s":
		return "schrijf hier de interne naam: %s"
	case "add the operator group, and the rights that it carries in the product; or rename the directory group":
		return "voeg de operatorgroep toe, met de rechten die ze in het product heeft; of hernoem de directorygroep"
	case "write operator_groups into the file, this one among them":
		return "schrijf operator_groups in het bestand, met deze erbij"
	case "rename the directory group in the Enterprise Dashboard to %s":
		return "hernoem de directorygroep in het Enterprise Dashboard tot %s"
	case "usher doctor FILE, with the gateway running, looks at how requests arrive":
		return "usher doctor FILE, met draaiende gateway, kijkt hoe verzoeken aankomen"
	case "the session is opened each time, and not seen with the next request: look at cookies, https and the host's name":
		return "de sessie wordt elke keer geopend, en bij het volgende verzoek niet gezien: kijk naar cookies, https en de hostnaam"
	case "write the mask %s":
		return "schrijf het masker %s"
	case "rename the operator group to %s, in the rules of the applications too":
		return "hernoem de operatorgroep tot %s, ook in de regels van de toepassingen"
	case "it matches 0 of %d directory groups; mended it matches %d":
		return "het past op 0 van %d directorygroepen; hersteld past het op %d"
	case "write the mask %s, if these are this instance's groups":
		return "schrijf het masker %s, als dit de groepen van deze instantie zijn"
	case "with the mask %s, %d of them would lead to operator groups":
		return "met het masker %s zouden er %d naar operatorgroepen leiden"
	case "of %s it leaves %s; the operator group is %s":
		return "van %s laat het %s over; de operatorgroep is %s"
	case "rename the directory group in the Enterprise Dashboard, or the operator group here, so that both agree byte for byte":
		return "hernoem de directorygroep in het Enterprise Dashboard, of de operatorgroep hier, zodat beide byte voor byte gelijk zijn"
	case "write what the directory groups of this instance begin with, such as %s":
		return "schrijf waarmee de directorygroepen van deze instantie beginnen, zoals %s"
	case "write %s where a dot is meant":
		return "schrijf %s waar een punt bedoeld is"
	case "write the text that stands before every operator group's name, such as %s, or a pattern with one capture, such as %s":
		return "schrijf de tekst die vóór de naam van elke operatorgroep staat, zoals %s, of een patroon met één vanggroep, zoals %s"
	case "write the pattern %s":
		return "schrijf het patroon %s"
	case "write the prefix as it is: %s":
		return "schrijf het voorvoegsel zoals het is: %s"
	case "the Dutch manual prints “( gebruikt.*)” where (.*) is meant":
		return "de Nederlandse handleiding drukt “( gebruikt.*)” af waar (.*) bedoeld is"
	case "“.&#42;” is the manual's raw text for .*":
		return "“.&#42;” is de ruwe tekst van de handleiding voor .*"
	case "the Japanese manual printed the capture in full-width characters in 2026; (.*) is meant":
		return "de Japanse handleiding drukte de vanggroep in 2026 in brede tekens af; (.*) is bedoeld"
	case "the Korean manual cut the mask with its own sentence; (.*) is meant":
		return "de Koreaanse handleiding knipte het masker met haar eigen zin; (.*) is bedoeld"
	case "add the capture: %s":
		return "voeg de vanggroep toe: %s"
	case "the French manual prints “(*)”, its dot lost; (.*) is meant":
		return "de Franse handleiding drukt “(*)” af, de punt verloren; (.*) is bedoeld"
	case "the Dutch manual translates the product's name in the mask; it is Campaign":
		return "de Nederlandse handleiding vertaalt de naam van het product in het masker; die is Campaign"
	case "create directory groups in the Enterprise Dashboard by these names: %s":
		return "maak in het Enterprise Dashboard directorygroepen met deze namen: %s"
	case "create directory groups in the Enterprise Dashboard that the mask matches":
		return "maak in het Enterprise Dashboard directorygroepen waarop het masker past"
	case "write the tenant's name, as the directory groups in the Enterprise Dashboard have it, in place of %s":
		return "schrijf de naam van de tenant, zoals de directorygroepen in het Enterprise Dashboard die hebben, in plaats van %s"
	case "write the mask without them":
		return "schrijf het masker zonder"
	case "correct the address here if it was copied wrongly, or in the Enterprise Dashboard if it is wrong there":
		return "verbeter het adres hier als het verkeerd is overgenomen, of in het Enterprise Dashboard als het daar fout is"
	case "rename one of the two: the directory group in the Enterprise Dashboard to %s, or the operator group here to %s, if it has that name in the product":
		return "hernoem een van de twee: de directorygroep in het Enterprise Dashboard tot %s, of de operatorgroep hier tot %s, als ze in het product zo heet"
	case "the German manual writes the mask with en dashes; the names in the Enterprise Dashboard have hyphens":
		return "de Duitse handleiding schrijft het masker met halve kastlijntjes; de namen in het Enterprise Dashboard hebben koppeltekens"
	case "correct the name, or let the machine ask a resolver that knows it: getent hosts %s":
		return "verbeter de naam, of laat de machine een resolver bevragen die hem kent: getent hosts %s"
	case "this is right where inside and outside are meant to differ; then suppress it, with that reason":
		return "dit klopt waar binnen en buiten met opzet verschillen; aanvaard het dan, met die reden"
	case "let all gateways use one database; PostgreSQL where they run on several machines":
		return "laat alle gateways één database gebruiken; PostgreSQL waar ze op meerdere machines draaien"
	case "give all gateways the same key file, older keys included":
		return "geef alle gateways hetzelfde sleutelbestand, met oudere sleutels erbij"
	case "finish the upgrade":
		return "rond de upgrade af"
	case "delete the second, its rights moved to the first where they are meant":
		return "verwijder de tweede, met de rechten verhuisd naar de eerste waar ze bedoeld zijn"
	case "the first is on line %d":
		return "de eerste staat op regel %d"
	case "give the operator group its name back: %s; or rename the directory group to %s":
		return "geef de operatorgroep haar naam terug: %s; of hernoem de directorygroep tot %s"
	case "the file had an operator group of this name until %s":
		return "het bestand had een operatorgroep met deze naam tot %s"
	case "since then it has %s":
		return "sindsdien heeft het %s"
	case "copy the organization id from the Enterprise Dashboard":
		return "kopieer de organisatie-id uit het Enterprise Dashboard"
	case "let the person sign in with an account of this organization, or correct the organization id":
		return "laat de persoon zich aanmelden met een account van deze organisatie, of verbeter de organisatie-id"
	case "switch S256 on at the provider":
		return "schakel S256 in bij de provider"
	case "stop the one that nothing supervises; a forgotten one keeps the old configuration alive":
		return "stop de gateway die door niets wordt bewaakt; een vergeten gateway houdt de oude configuratie in leven"
	case "have the organization give the person the product of this account, or correct the account's product context":
		return "laat de organisatie de persoon het product van dit account geven, of verbeter de productcontext van het account"
	case "ask Adobe to give the organization the product context %s":
		return "vraag Adobe de organisatie de productcontext %s te geven"
	case "leave the key out where the form does not show the field; where it does, ask Adobe to give the organization %s":
		return "laat de sleutel weg waar het formulier het veld niet toont; waar wel, vraag Adobe de organisatie %s te geven"
	case "where the form shows the field, write %s; where it does not, upgrade the build":
		return "schrijf %s waar het formulier het veld toont; waar niet, werk de build bij"
	case "the key is left out: a build whose form lacks the field works with %s":
		return "de sleutel is weggelaten: een build zonder het veld werkt met %s"
	case "the field is shown and empty; leave the key out only where the form does not show the field":
		return "het veld wordt getoond en is leeg; laat de sleutel alleen weg waar het formulier het veld niet toont"
	case "the Korean manual printed this from 2023 to 2024; the value is not to be translated":
		return "de Koreaanse handleiding drukte dit van 2023 tot 2024 af; de waarde mag niet vertaald worden"
	case "the Korean manual printed this, with a word of its sentence glued to the value":
		return "de Koreaanse handleiding drukte dit af, met een woord van haar zin aan de waarde geplakt"
	case "that is what a build without the field works with; where the form shows the field it is never right":
		return "daarmee werkt een build zonder het veld; waar het formulier het veld toont is het nooit goed"
	case "that is the context of the old umbrella product Adobe Marketing Cloud":
		return "dat is de context van het oude overkoepelende product Adobe Marketing Cloud"
	case "the simplified Chinese manual printed this until 2021; the value is not to be translated":
		return "de vereenvoudigd Chinese handleiding drukte dit tot 2021 af; de waarde mag niet vertaald worden"
	case "the traditional Chinese manual printed this in 2022; the value is not to be translated":
		return "de traditioneel Chinese handleiding drukte dit in 2022 af; de waarde mag niet vertaald worden"
	case "the Dutch manual prints this; the value is not to be translated":
		return "de Nederlandse handleiding drukt dit af; de waarde mag niet vertaald worden"
	case "see the evidence; a missing scope is the usual reason for missing members":
		return "zie het bewijs; een ontbrekende scope is de gebruikelijke reden voor ontbrekende velden"
	case "the provider's own words are in the evidence: usher explain with that text ranks what they mean":
		return "de eigen woorden van de provider staan in het bewijs: usher explain met die tekst rangschikt wat ze betekenen"
	case "usher doctor FILE looks at the way there, step by step: name, connection, proxy, certificate":
		return "usher doctor FILE bekijkt de weg erheen, stap voor stap: naam, verbinding, proxy, certificaat"
	case "declare the front server's address; %s where it runs on this machine":
		return "geef het adres van de voorste server op; %s waar die op deze machine draait"
	case "write the credentials into HTTPS_PROXY in the service's environment, or have usher's machine excepted":
		return "schrijf de inloggegevens in HTTPS_PROXY in de omgeving van de dienst, of laat de machine van usher uitzonderen"
	case "give both the same HTTPS_PROXY and NO_PROXY; a service does not see what a shell's profile sets":
		return "geef beide dezelfde HTTPS_PROXY en NO_PROXY; een dienst ziet niet wat het profiel van een shell zet"
	case "add %s to NO_PROXY in the service's environment":
		return "voeg %s toe aan NO_PROXY in de omgeving van de dienst"
	case "NO_PROXY=%s":
		return "NO_PROXY=%s"
	case "add %s to the trusted proxies, if that is your front server":
		return "voeg %s toe aan de vertrouwde proxy's, als dat uw voorste server is"
	case "take this path out of the list, and name the few that are public":
		return "haal dit pad uit de lijst, en noem de paar die openbaar zijn"
	case "write %s: public paths are as the address bar shows them":
		return "schrijf %s: openbare paden zijn zoals de adresbalk ze toont"
	case "write the path as browsers ask for it":
		return "schrijf het pad zoals browsers het opvragen"
	case "let the front server pass %s to %s":
		return "laat de voorste server %s doorgeven aan %s"
	case "pass the address on unchanged; in nginx: proxy_pass without a path, and $request_uri":
		return "geef het adres onveranderd door; in nginx: proxy_pass zonder pad, en $request_uri"
	case "correct the file: usher doctor %s says where":
		return "verbeter het bestand: usher doctor %s zegt waar"
	case "correct the file; the gateway loads it by itself":
		return "verbeter het bestand; de gateway laadt het vanzelf"
	case "it read the newer file and did not put it in force: %s":
		return "hij las het nieuwere bestand en stelde het niet in werking: %s"
	case "mend the link: no encoded slashes, dot segments, backslashes or semicolons in the path":
		return "herstel de link: geen gecodeerde schuine strepen, puntsegmenten, backslashes of puntkomma's in het pad"
	case "see that the gateway reads the same file, then restart it: systemctl restart usher":
		return "kijk of de gateway hetzelfde bestand leest, en herstart hem dan: systemctl restart usher"
	case "have the scope provisioned for the client; until then what it carries is missing":
		return "laat de scope voor de client inrichten; tot dan ontbreekt wat hij draagt"
	case "have the scope %s provisioned for the client: without it nobody gets in":
		return "laat de scope %s voor de client inrichten: zonder die komt niemand binnen"
	case "add %s":
		return "voeg %s toe"
	case "take the scope out of the list, or have it provisioned for the client":
		return "haal de scope uit de lijst, of laat hem voor de client inrichten"
	case "copy the secret of %s from the provider into the file where it is wrong":
		return "kopieer het geheim van %s van de provider naar het bestand waar het fout is"
	case "write %s or less":
		return "schrijf %s of minder"
	case "write 30m":
		return "schrijf 30m"
	case "write 10h, a working day":
		return "schrijf 10h, een werkdag"
	case "start the database, or correct its address: %s":
		return "start de database, of verbeter het adres: %s"
	case "have the client's ID tokens signed with RS256":
		return "laat de ID-tokens van de client met RS256 ondertekenen"
	case "see whether it happens to one person (private window, another browser, cookies blocked, a desktop client with its own) or to everybody (https lost, or a front server that drops Set-Cookie)":
		return "kijk of het één persoon overkomt (privévenster, andere browser, geblokkeerde cookies, een desktopclient met eigen cookies) of iedereen (https kwijt, of een voorste server die Set-Cookie laat vallen)"
	case "see what they share: one application's host, one kind of browser, a frame, or a front server that drops Set-Cookie":
		return "kijk wat ze delen: de host van één toepassing, één soort browser, een frame, of een voorste server die Set-Cookie laat vallen"
	case "begin again from the application; nothing is to be mended":
		return "begin opnieuw vanuit de toepassing; er valt niets te herstellen"
	case "begin at the application, not at a bookmark of the callback; if it happens to everybody, something in front of usher drops the query":
		return "begin bij de toepassing, niet bij een bladwijzer van de callback; overkomt het iedereen, dan laat iets vóór usher de query vallen"
	case "begin again from the application; where several gateways run, let them share one database and one key file":
		return "begin opnieuw vanuit de toepassing; draaien er meerdere gateways, laat ze dan één database en één sleutelbestand delen"
	case "switch buffering off for such applications; in nginx: proxy_buffering off;":
		return "schakel buffering uit voor zulke toepassingen; in nginx: proxy_buffering off;"
	case "take it out, and mend the finding; or accept it anew, with a new reason":
		return "haal het weg, en herstel de bevinding; of aanvaard haar opnieuw, met een nieuwe reden"
	case "the reason was: %s":
		return "de reden was: %s"
	case "take it out":
		return "haal het weg"
	case "see that the port is the one for https, and that no proxy answers in plain HTTP":
		return "kijk of de poort die voor https is, en of er geen proxy in gewone HTTP antwoordt"
	case "upgrade what answers there, or the box in between":
		return "werk bij wat daar antwoordt, of het kastje ertussen"
	case "see what answered: a proxy or firewall in between gives pages instead of JSON":
		return "kijk wat antwoordde: een proxy of firewall ertussen geeft pagina's in plaats van JSON"
	case "let the provider take a secret for this client":
		return "laat de provider voor deze client een geheim accepteren"
	case "a code works once and for a minute or so: look for a second request of the same callback (a front server that repeats, a link scanner), then for the clock":
		return "een code werkt één keer en ongeveer een minuut: zoek naar een tweede verzoek van dezelfde callback (een voorste server die herhaalt, een linkscanner), en kijk dan naar de klok"
	case "write the proxies' own addresses, such as 127.0.0.1":
		return "schrijf de eigen adressen van de proxy's, zoals 127.0.0.1"
	case "ask one of them what they see: adobe.com is the callback, an error page is scope, client or callback":
		return "vraag een van hen wat die ziet: adobe.com is de callback, een foutpagina is scope, client of callback"
	case "write the address at which the application itself listens":
		return "schrijf het adres waarop de toepassing zelf luistert"
	case "usher itself is at %s":
		return "usher zelf staat op %s"
	case "tell the application its public address, or let it heed X-Forwarded-Host and X-Forwarded-Proto":
		return "vertel de toepassing haar publieke adres, of laat haar X-Forwarded-Host en X-Forwarded-Proto volgen"
	case "start the application, or correct the address; usher reaches it from the machine that it runs on":
		return "start de toepassing, of verbeter het adres; usher bereikt haar vanaf de machine waarop hij draait"
	case "add %s, in the Enterprise Dashboard, to one of %s":
		return "voeg %s in het Enterprise Dashboard toe aan een van %s"
	case "pass Upgrade and Connection on; in nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;":
		return "geef Upgrade en Connection door; in nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;"
	case "run usher doctor on the server, as the user that usher runs as":
		return "draai usher doctor op de server, als de gebruiker waaronder usher draait"
	case "IMS says nothing and sends the browser to %s":
		return "IMS zegt niets en stuurt de browser naar %s"
	case "the organization has %s: %s":
		return "de organisatie heeft %s: %s"
	case "recorded: saw %s, wanted %s":
		return "vastgelegd: gezien %s, gewenst %s"
	case "without the blanks around it the secret is accepted":
		return "zonder de spaties eromheen wordt het geheim aanvaard"
	case "write the name of an operator group, or take this one out of the list":
		return "schrijf de naam van een operatorgroep, of haal deze uit de lijst"
	case "write the id of one of the organization's clients, or have this one provisioned":
		return "schrijf de id van een van de clients van de organisatie, of laat deze inrichten"
	case "write the certificate in PEM form, the intermediates after it":
		return "schrijf het certificaat in PEM-vorm, met de tussenliggende erna"
	case "compare the list with the scopes that Adobe provisioned for the client":
		return "vergelijk de lijst met de scopes die Adobe voor de client heeft ingericht"
	case "the code of a check":
		return "de code van een controle"
	case "the reference of a recorded sign-in":
		return "de referentie van een vastgelegde aanmelding"
	case "usher doctor %s, without --offline":
		return "usher doctor %s, zonder --offline"
	case "usher doctor %s, with the gateway running":
		return "usher doctor %s, met draaiende gateway"
	case "write organization: into %s, from the Enterprise Dashboard":
		return "schrijf organization: in %s, vanuit het Enterprise Dashboard"
	case "name the other instances' files beside %s":
		return "noem de bestanden van de andere instanties naast %s"
	}
	return ""
}
