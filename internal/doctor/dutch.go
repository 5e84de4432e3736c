// SPDX-License-Identifier: Apache-2.0

package doctor

// dutch gives the Dutch words for an English template with the same verbs.
func dutch(english string) (string, bool) {
	for _, table := range []func(string) string{
		dutchHolds,
		dutchMessages,
		dutchWords,
		dutchRecognized,
		dutchFixes,
		dutchOffline,
		dutchRecognizedMore,
		dutchGateway,
		dutchProbe,
		dutchRehearsal,
		dutchFurther,
		dutchValues,
		dutchHeard,
		dutchNodes,
	} {
		if text := table(english); text != "" {
			return text, true
		}
	}
	return "", false
}
