// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

func accessCommand(env *Env) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "access FILE",
		Short: "Who can sign in, into which operator groups, and who cannot, and why",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := config.Load(args[0], lenient())
			if err != nil {
				return usage(err)
			}
			if cfg.Organization == nil {
				return usage(fmt.Errorf("%s has no organization: who is in which directory group is not known; write it down, or import it", args[0]))
			}
			rows := doctor.Access(cfg)
			switch output {
			case "table":
				err = doctor.AccessTable(env.Stdout, rows, doctor.Options{Color: env.color(), Width: env.Width, Language: doctor.Language(env.language())})
			case "csv":
				err = doctor.AccessCSV(env.Stdout, rows)
			case "json":
				err = doctor.AccessJSON(env.Stdout, rows)
			default:
				return usage(fmt.Errorf("-o is %q, wanted table, csv or json", output))
			}
			if err != nil {
				return failed(err)
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "table", "table, csv or json")
	return cmd
}
