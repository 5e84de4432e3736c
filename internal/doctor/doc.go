// SPDX-License-Identifier: Apache-2.0

// Package doctor judges facts: it runs checks over a case and says what holds,
// what fails, what cannot be known and what does not matter until something
// else is mended.
//
// It knows no check (they are in doctor/checks) and gathers no fact: it reads
// no network, no file and no clock. The offline check of a file, the live
// probe, the explanation of a recorded attempt and the ranking of a symptom
// differ only in who fills the [Case].
//
//   - [Check]: one thing that must hold, and how to know when it does not.
//   - [Fact]: a kind of evidence. [Case]: the facts at hand. [Evidence]: what
//     a check sees of them.
//   - [Ruling]: what a check says of one subject. [Result]: a ruling with its
//     place among the others.
//   - [Run], [Rank], [Explain]: the verbs. [Report]: results made ready for
//     [Text], [JSON], [SARIF] and [JUnit].
package doctor
