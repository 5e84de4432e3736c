// SPDX-License-Identifier: Apache-2.0

// Command usher is the front desk of an on-premise application: it signs
// operators in, guards applications, and knows why a sign-in fails.
package main

import (
	"os"

	"github.com/usher-signin/usher/internal/cli"
)

func main() { os.Exit(cli.Main()) }
