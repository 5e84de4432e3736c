// SPDX-License-Identifier: Apache-2.0

// Package bundle writes and reads support archives: everything that the doctor
// judged, without secrets, so that somebody else can judge it again and finds
// the same.
//
// An archive is a zip file with these members and no others:
//
//	manifest.json             form, version, when, where; size and SHA-256 of each other member
//	case.json                 what was asked: the date, the symptom
//	instances/1/config.yaml   the configuration, every secret replaced, line by line as it was
//	instances/1/config.json   what may be said of its secrets, never the secrets
//	instances/1/facts.json    what was gathered about the instance, a member a fact
//
// Facts are written by going over the fields of doctor.Instance, so that one
// that is added there is in the archive without anybody thinking of it.
// Reading trusts nothing: sizes are bounded before and while anything is
// unpacked, and whatever is not described here is refused with a sentence.
package bundle
