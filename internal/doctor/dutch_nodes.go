// SPDX-License-Identifier: Apache-2.0

package doctor

// dutchNodes is what is said of several gateways, and of what changed when.
func dutchNodes(english string) string {
	switch english {
	case "all gateways run the same rules and hold the same secrets":
		return "alle gateways draaien dezelfde regels en hebben dezelfde geheimen"
	case "this was changed after a gateway last loaded the file: before that it was %s":
		return "dit werd gewijzigd nadat een gateway het bestand het laatst laadde: daarvoor was het %s"
	case "this was changed at %s: before that it was %s":
		return "dit werd gewijzigd om %s: daarvoor was het %s"
	case "since then %s was changed: then %s, now %s":
		return "sindsdien werd %s gewijzigd: toen %s, nu %s"
	case "nothing":
		return "niets"
	case "it reads %s on %s":
		return "hij leest %s op %s"
	case "what is shown of the two is the same: they differ in a secret that stands in the file, or in comments":
		return "wat er van de twee getoond wordt is gelijk: ze verschillen in een geheim dat in het bestand staat, of in commentaar"
	case "and %s more differences":
		return "en nog %s verschillen"
	case "%s: there %s, here %s":
		return "%s: daar %s, hier %s"
	case "the gateway %s must be restarted: what the file says of %s does not count yet":
		return "de gateway %s moet opnieuw worden gestart: wat het bestand zegt over %s telt nog niet"
	case "restart it: systemctl restart usher":
		return "start hem opnieuw: systemctl restart usher"
	case "%s: it runs with %s, the file says %s":
		return "%s: hij draait met %s, het bestand zegt %s"
	case "the gateway %s runs other rules than %s: who may enter depends on which of the two is asked":
		return "de gateway %s draait andere regels dan %s: wie erin mag hangt ervan af welke van de twee gevraagd wordt"
	case "the gateway %s holds another secret than %s: whether a sign-in succeeds depends on which of the two is asked":
		return "de gateway %s heeft een ander geheim dan %s: of een aanmelding lukt hangt ervan af welke van de twee gevraagd wordt"
	case "two gateways that run call themselves %s: what one says of itself replaces what the other said":
		return "twee draaiende gateways noemen zich %s: wat de ene over zichzelf zegt vervangt wat de andere zei"
	case "process %s on %s, and process %s on %s since %s":
		return "proces %s op %s, en proces %s op %s sinds %s"
	case "a name for each":
		return "een naam voor elk"
	case "the other checks see now the one, now the other, and a rotation of the keys waits for one of them only":
		return "de andere controles zien nu eens de ene, dan weer de andere, en een wissel van de sleutels wacht maar op een van beide"
	case "the other reads %s":
		return "de andere leest %s"
	case "start each with a name of its own, or end the one that is not meant to run: %s":
		return "start elk met een eigen naam, of beëindig degene die niet hoort te draaien: %s"
	case "%s: a secret, and not the same":
		return "%s: een geheim, en niet hetzelfde"
	case "give all gateways the same file and the same files of secrets; only where they listen and where their own files lie may differ":
		return "geef alle gateways hetzelfde bestand en dezelfde bestanden met geheimen; alleen waar ze luisteren en waar hun eigen bestanden liggen mag verschillen"
	case "the gateway %s lacks the key %s, with which %s seals: what begins there cannot be finished here":
		return "de gateway %s mist de sleutel %s, waarmee %s verzegelt: wat daar begint kan hier niet worden afgerond"
	case "the gateway %s lacks the key %s, which %s has: what it sealed stays closed here":
		return "de gateway %s mist de sleutel %s, die %s heeft: wat ermee verzegeld is blijft hier dicht"
	}
	return ""
}
