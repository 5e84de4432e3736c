// SPDX-License-Identifier: Apache-2.0

// Package usher holds the words and the rules of usher, the front desk of an
// on-premise application: it signs operators in with Adobe IMS or any OpenID
// Connect provider, turns directory groups into operator groups through an
// association mask, and knows why a sign-in fails.
//
// The package does no I/O and reads no clock. Whatever the sign-in flow and
// the gate enforce is a function here that returns a [Cause]; the doctor asks
// the same functions, so that the two cannot disagree.
//
// # The words
//
//   - [Instance]: one installation of the guarded product.
//   - [ExternalAccount]: our registration with the identity provider.
//   - [Organization]: the provider's side, as provisioned.
//   - [Mask]: the association mask, how a directory group's name becomes an
//     operator group's name.
//   - [Person]: who the provider says has signed in. [Operator]: that person,
//     admitted here. [OperatorGroup]: what an operator may be, with rights.
//   - [Admission]: the one rule that turns a Person into an Operator.
//   - [Application]: a guarded site and its rule. [Decide]: Allow, SignIn or
//     Refuse.
//   - [Attempt]: one sign-in as it happened. [Cause]: step, code, what was
//     seen, what was wanted.
//   - [Finding]: a check that failed, on a subject, with evidence and a fix.
//     [Symptom]: what a person sees.
package usher
