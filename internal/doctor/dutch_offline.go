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
	case "of %s it leaves %s":
		return "van %s laat het %s over"
	case "the association mask ends too early: what it leaves of the directory groups is no operator group":
		return "het associatiemasker houdt te vroeg op: wat het van de directorygroepen overlaat is geen operatorgroep"
	case "the client id is a secret: id and secret were exchanged":
		return "de client-id is een geheim: id en geheim zijn verwisseld"
	case "exchange the values of the two keys; the secret was in the open, so have it replaced at the provider":
		return "verwissel de waarden van de twee sleutels; het geheim lag open, laat het dus bij de aanbieder vervangen"
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
