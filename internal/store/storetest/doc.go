// SPDX-License-Identifier: Apache-2.0

// Package storetest is the suite that every engine of package store must pass:
// what a caller may rely on, whatever the database.
package storetest
