// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchRehearsal has what a rehearsal says on the terminal.
//
//nolint:misspell // half of it is Dutch
func dutchRehearsal(english string) string {
	switch english {
	case "usher %s   rehearsal of %s   %s (revision %s)   grants nothing":
		return "usher %s   repetitie van %s   %s (revisie %s)   geeft nergens recht op"
	case "Open this address in a browser and sign in as the person it is about:":
		return "Open dit adres in een browser en meld u aan als de persoon om wie het gaat:"
	case "No gateway listens at %s, so this command answers there until the browser is back.":
		return "Geen gateway luistert op %s, dus antwoordt deze opdracht daar tot de browser terug is."
	case "The running gateway hands the callback over, and opens no session for it.":
		return "De draaiende gateway geeft de callback door en opent er geen sessie voor."
	case "The callback cannot come back by itself: %s.":
		return "De callback kan niet vanzelf terugkomen: %s."
	case "Where the gateway runs with another file, name that with --gateway. Pasting works in any case.":
		return "Noem met --gateway het bestand waarmee de gateway draait, als dat een ander is. Plakken werkt altijd."
	case "If the browser ends anywhere else, or nothing happens here: paste the whole address that it ends at, and press Enter.":
		return "Eindigt de browser ergens anders, of gebeurt hier niets: plak het hele adres waar hij eindigt en druk op Enter."
	case "Waiting for %s at most; Ctrl-C ends it.":
		return "Er wordt hoogstens %s gewacht; Ctrl-C maakt er een eind aan."
	case "That is no address. Copy the whole address from the browser's address bar, beginning with https://, and paste it as one line.":
		return "Dat is geen adres. Kopieer het hele adres uit de adresbalk van de browser, te beginnen met https://, en plak het als één regel."
	case "That line was cut by the terminal, which takes 4,095 characters. Run the command with its input from a pipe (cat | usher rehearse FILE), and paste there.":
		return "De terminal heeft die regel afgekapt; hij neemt 4.095 tekens. Geef de opdracht haar invoer door een pijp (cat | usher rehearse FILE) en plak daar."
	case "That address cannot be read in one way only. Copy it from the browser's address bar again, whole.":
		return "Dat adres is op meer dan één manier te lezen. Kopieer het opnieuw uit de adresbalk van de browser, in zijn geheel."
	case "That address has the parameter %s twice, which no gateway accepts.":
		return "Dat adres heeft de parameter %s twee keer; dat aanvaardt geen enkele gateway."
	case "That is the address to open. Open it in a browser, sign in there, and paste the address that the browser ends at.":
		return "Dat is het adres om te openen. Open het in een browser, meld u daar aan en plak het adres waar de browser eindigt."
	case "That is the callback of another rehearsal. Open the address above, and paste where that one ends.":
		return "Dat is de callback van een andere repetitie. Open het adres hierboven en plak waar dat eindigt."
	case "That is the callback of another sign-in, which is not touched. Open the address above, and paste where that one ends.":
		return "Dat is de callback van een andere aanmelding; daar wordt niet aan gekomen. Open het adres hierboven en plak waar dat eindigt."
	case "That is the callback without its query. Copy the whole address, with everything after the question mark.":
		return "Dat is de callback zonder zijn query. Kopieer het hele adres, met alles na het vraagteken."
	case "The browser is back; this command answered at the callback.":
		return "De browser is terug; deze opdracht antwoordde op de callback."
	case "The browser is back; the running gateway handed its callback over, and opened no session.":
		return "De browser is terug; de draaiende gateway gaf zijn callback door en opende geen sessie."
	case "The browser is back; the address was pasted.":
		return "De browser is terug; het adres is geplakt."
	case "The browser ended at %s, not at the callback %s.":
		return "De browser eindigde op %s, niet op de callback %s."
	case "The browser did not come back to the callback %s.":
		return "De browser kwam niet terug op de callback %s."
	case "requested":
		return "gevraagd"
	case "granted":
		return "gekregen"
	case "not granted":
		return "niet gekregen"
	case "not asked for":
		return "niet gevraagd"
	case "not known: it did not come so far":
		return "niet bekend: zo ver kwam het niet"
	case "ID token":
		return "ID-token"
	case "holds":
		return "klopt"
	case "not judged: an earlier check does not hold, or there is nothing to judge":
		return "niet beoordeeld: een eerdere controle klopt niet, of er valt niets te beoordelen"
	case "saw %s, wanted %s":
		return "gezien %s, gewenst %s"
	case "form":
		return "vorm"
	case "signature":
		return "handtekening"
	case "alg (algorithm)":
		return "alg (algoritme)"
	case "typ (kind)":
		return "typ (soort)"
	case "crit (extensions)":
		return "crit (uitbreidingen)"
	case "iss (issuer)":
		return "iss (uitgever)"
	case "aud (for us)":
		return "aud (voor ons)"
	case "azp (given to us)":
		return "azp (aan ons gegeven)"
	case "exp (end)":
		return "exp (einde)"
	case "iat (issued)":
		return "iat (uitgegeven)"
	case "nbf (not before)":
		return "nbf (niet eerder)"
	case "sub (person)":
		return "sub (persoon)"
	case "signed with":
		return "ondertekend met"
	case "%s, key %s":
		return "%s, sleutel %s"
	case "claims from %s":
		return "claims uit %s"
	case "none":
		return "geen"
	case "what was odd":
		return "wat vreemd was"
	case "directory groups: %d received":
		return "directorygroepen: %d ontvangen"
	case "the mask does not match":
		return "het masker past niet"
	case "operator group %s":
		return "operatorgroep %s"
	case "the mask leaves %s, which is no operator group here":
		return "het masker laat %s over, en dat is hier geen operatorgroep"
	case "from %s":
		return "uit %s"
	case "near miss of %s: %s":
		return "bijna %s: %s"
	case "organization and product":
		return "organisatie en product"
	case "organization":
		return "organisatie"
	case "product context":
		return "productcontext"
	case "nothing: the account has none":
		return "niets: het account heeft er geen"
	case "sizes and lifetimes":
		return "omvang en levensduur"
	case ", valid for %s":
		return ", geldig gedurende %s"
	case "none was given":
		return "er is geen gegeven"
	case "session cookie":
		return "sessiecookie"
	case "%s, whatever the tokens hold; %s would be kept sealed in the database":
		return "%s, wat er ook in de tokens staat; %s zou verzegeld in de database worden bewaard"
	case "session":
		return "sessie"
	case "%s at most, %s without a request":
		return "hoogstens %s, %s zonder verzoek"
	case "signed in":
		return "aangemeld"
	case "%s before the ID token was issued":
		return "%s voordat het ID-token werd uitgegeven"
	case "clock":
		return "klok"
	case "this machine and the provider agree":
		return "deze machine en de provider zijn het eens"
	case "this machine is %s ahead of the provider":
		return "deze machine loopt %s voor op de provider"
	case "this machine is %s behind the provider":
		return "deze machine loopt %s achter op de provider"
	case "afterwards":
		return "daarna"
	case "the tokens were given back to the provider":
		return "de tokens zijn aan de provider teruggegeven"
	case "the tokens could not be given back, and end by themselves":
		return "de tokens konden niet worden teruggegeven en lopen vanzelf af"
	case "the provider takes no tokens back; they end by themselves":
		return "de provider neemt geen tokens terug; ze lopen vanzelf af"
	case "LET IN":
		return "TOEGELATEN"
	case "REFUSED":
		return "GEWEIGERD"
	case "NO END":
		return "GEEN EINDE"
	case "The person":
		return "De persoon"
	case "rights":
		return "rechten"
	case "%s would be let in as %s.":
		return "%s zou worden toegelaten als %s."
	case "%s would be refused: %s, at the step %s.":
		return "%s zou worden geweigerd: %s, bij de stap %s."
	case "The sign-in did not come to an end; usher sees nothing of what happens at the provider.":
		return "De aanmelding kwam niet ten einde; usher ziet niets van wat er bij de provider gebeurt."
	case "Nothing was granted: no session was opened, no cookie was set.":
		return "Er is nergens recht op gegeven: er is geen sessie geopend en geen cookie gezet."
	case "What else the doctor finds in the file did not stop this person:":
		return "Wat de dokter verder in het bestand vindt, hield deze persoon niet tegen:"
	}
	return ""
}
