// SPDX-License-Identifier: Apache-2.0

// Package assertion tells applications who is signed in, in a form that they
// can verify: a JSON Web Token (RFC 7519) signed with ES256 (RFC 7518 section
// 3.4), made for one application, valid for [Life].
//
// The signing keys are derived from the keys that seal what the database
// keeps: every node that has the key file signs with the same key and publishes
// the same set, nothing more has to be stored or shared, and `usher key rotate`
// rotates them too. Assertions that an older key signed verify for as long as
// that key is in the key file.
package assertion
