// SPDX-License-Identifier: Apache-2.0

// Package telemetry counts and traces what a gateway does.
//
// Counters that a request meets are found once, when a configuration is put in
// force, so that counting costs no memory. Labels are words of ours or names of
// the configuration file, never what a client wrote. Neither metrics nor traces
// hold secrets, addresses with queries, or who somebody is.
package telemetry
