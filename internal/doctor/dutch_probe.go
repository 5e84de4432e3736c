// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchProbe is what is said of the provider's side, as probes see it.
func dutchProbe(english string) string {
	switch english {
	case "the provider does not answer at %s":
		return "de provider antwoordt niet op %s"
	case "see whether the provider is up, and whether it answers from this machine: curl -v %s":
		return "zie of de provider draait, en of hij vanaf deze machine antwoordt: curl -v %s"
	case "sign-ins go on with the addresses that Adobe documents":
		return "aanmeldingen gaan door met de adressen die Adobe documenteert"
	case "see that the IMS server is right; IMS has its metadata below /ims/":
		return "zie of de IMS-server klopt; IMS heeft zijn metadata onder /ims/"
	case "see what answers at %s: it is not the IMS that the account names":
		return "zie wat op %s antwoordt: het is niet de IMS die het account noemt"
	case "the provider's answer at the callback names another issuer than the account, and is refused for it":
		return "het antwoord van de provider op de callback noemt een andere issuer dan het account, en wordt daarom geweigerd"
	case "see what answers at %s: the answer of one provider must not pass for another's":
		return "zie wat op %s antwoordt: het antwoord van de ene provider mag niet doorgaan voor dat van een andere"
	case "browsers are sent there after the sign-in: they have to know the name, this machine need not":
		return "browsers worden na het aanmelden daarheen gestuurd: zij moeten de naam kennen, deze machine niet"
	case "without any secret the client is accepted: the provider has it as a public client":
		return "zonder enig geheim wordt de client geaccepteerd: de provider heeft hem als openbare client"
	case "%d requests carried the secret; the provider's log has them under usher-doctor":
		return "%d verzoeken droegen het geheim; in het logboek van de provider staan ze onder usher-doctor"
	case "the provider refuses the scope %s, with openid beside it and nothing else":
		return "de provider weigert de scope %s, met openid ernaast en verder niets"
	case "the provider puts its answer behind a #, where no server sees it":
		return "de provider zet zijn antwoord achter een #, waar geen server het ziet"
	case "have the client's response mode set to query at the provider, and its response type to code":
		return "laat bij de provider de response mode van de client op query zetten, en het response type op code"
	case "the provider does not send the state back: every sign-in is refused at its return":
		return "de provider stuurt de state niet terug: elke aanmelding wordt bij terugkeer geweigerd"
	case "the provider sends another state back than it was given: every sign-in is refused at its return":
		return "de provider stuurt een andere state terug dan hij kreeg: elke aanmelding wordt bij terugkeer geweigerd"
	case "this is the provider's to mend, or that of what stands between it and the browser":
		return "dit moet de provider herstellen, of wat er tussen hem en de browser staat"
	case "the provider sends every sign-in back with an error":
		return "de provider stuurt elke aanmelding terug met een fout"
	case "the provider's sign-in page does not answer":
		return "de aanmeldpagina van de provider antwoordt niet"
	case "the provider's token endpoint does not answer":
		return "het token-eindpunt van de provider antwoordt niet"
	case "see whether the provider is up; its metadata comes, so the way there is open":
		return "zie of de provider draait; zijn metadata komt, dus de weg erheen is open"
	}
	return ""
}
