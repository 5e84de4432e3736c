// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/demo"
)

func demoBreakCommand(env *Env, dir *string) *cobra.Command {
	return &cobra.Command{
		Use:       "break [" + strings.Join(demo.Breaks(), "|") + "]",
		Short:     "Break the demo's configuration in one way, to see the doctor find it",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: demo.Breaks(),
		RunE: func(_ *cobra.Command, args []string) error {
			name := demo.Breaks()[0]
			if len(args) == 1 {
				name = args[0]
			}
			broken, err := demo.Break(*dir, name, config.OS(), env.Now())
			if err != nil {
				return usage(err)
			}
			fmt.Fprintf(env.Stdout, "%s\n\n%s\nNow sign in again: %s\nThen find it:      %s doctor %s\nAnd mend it:       %s demo mend%s\n",
				broken.What, broken.Diff, broken.Seen, env.Program, broken.Config, env.Program, dirFlag(*dir))
			return nil
		},
	}
}

func demoMendCommand(env *Env, dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "mend",
		Short: "Put the demo's configuration back as it was at first",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			path, err := demo.Mend(*dir, rand.Reader)
			if err != nil {
				return usage(err)
			}
			fmt.Fprintf(env.Stdout, "%s is as it was at first.\n", path)
			return nil
		},
	}
}

func dirFlag(dir string) string {
	if dir == demo.DefaultDir {
		return ""
	}
	return " --dir " + dir
}
