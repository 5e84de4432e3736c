// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/config"
)

func schemaCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the configuration file, for editors",
		Long: `Print the JSON Schema (draft 2020-12) of the configuration file. An editor with a
YAML language server uses it when the file begins with a line such as

    # yaml-language-server: $schema=usher.schema.json`,
		Example: "  usher schema >usher.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := env.Stdout.Write(config.Schema())
			return err
		},
	}
}
