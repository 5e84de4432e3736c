// SPDX-License-Identifier: Apache-2.0

// Package checks holds the doctor's checks, a family a file.
//
// To add one: write it in the file of its family, give it a code that no other
// check ever had, list it in All where a sign-in would meet it, and add its
// page docs/checks/CODE.md with an example that yields exactly that code, and
// its scenario in testdata. The tests of this package hold the four together.
//
// A check asks the rule that the sign-in itself enforces wherever there is one
// in the root package; it never says the rule again in its own words.
package checks
