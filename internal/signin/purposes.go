// SPDX-License-Identifier: Apache-2.0

package signin

// SealedFor says for which purpose the sealed values of a table of the store are
// sealed, each for its own row; empty: none of the flow's are there. Whoever
// seals them anew after a rotation of keys needs to know.
func SealedFor(table string) string {
	switch table {
	case "sessions":
		return purposeSession
	case "grants":
		return purposeGrant
	}
	return ""
}
