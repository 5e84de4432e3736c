// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/standin"
)

func standinSwitchCommand(env *Env, dir *string) *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "switch [list | NAME | NAME on|off|VALUE | all off]",
		Short: "Make a running stand-in misbehave, or behave again",
		Long: `Turn a switch of a running stand-in on or off. Each switch is one way in which a
provider goes wrong, with the check that should find it out.

  usher standin switch                          those that are on
  usher standin switch list                     all there are
  usher standin switch NAME                     what it does, and which values it takes
  usher standin switch NAME on                  on, with its usual value
  usher standin switch NAME VALUE               on, with this value
  usher standin switch slow 5000@token,keys     on, for these endpoints alone
  usher standin switch NAME off                 off
  usher standin switch all off                  all of them off`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := dialStandin(at, *dir)
			if err != nil {
				return usage(err)
			}
			if err := runSwitch(cmd.Context(), env, c, args); err != nil {
				return usage(err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "base address of the stand-in, as its first line says it (default: the demo's, or https://localhost:4181)")
	return cmd
}

func runSwitch(ctx context.Context, env *Env, c *standinClient, args []string) error {
	name, value := "", ""
	switch len(args) {
	case 2:
		name, value = args[0], args[1]
	case 1:
		name = args[0]
	}
	if name == "all" && value == "off" {
		if _, err := c.switches(ctx, "DELETE"); err != nil {
			return err
		}
		fmt.Fprintf(env.Stdout, "All switches are off: the stand-in at %s behaves.\n", c.base)
		return nil
	}
	all, err := c.switches(ctx, "GET")
	if err != nil {
		return err
	}
	switch {
	case name == "":
		printOn(env, c.base, all)
		return nil
	case name == "list" && value == "":
		printSwitches(env, all)
		return nil
	}
	i := slices.IndexFunc(all, func(s standin.Switch) bool { return s.Name == name })
	if i < 0 {
		return fmt.Errorf("there is no switch %q%s; see: %s standin switch list", name, nearSwitch(name, all), env.Program)
	}
	if value == "" {
		printSwitch(env, all[i])
		return nil
	}
	now, err := c.set(ctx, name, value)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "%s %s\n", now.Name, position(now))
	if now.On && now.Check != "" {
		fmt.Fprintf(env.Stdout, "The check that should find it out: %s\n", now.Check)
	}
	return nil
}

// nearSwitch names switches that hold what was typed, or part of it.
func nearSwitch(name string, all []standin.Switch) string {
	var near []string
	for _, s := range all {
		if name != "" && (strings.Contains(s.Name, name) || strings.HasPrefix(name, s.Name)) && len(near) < 4 {
			near = append(near, s.Name)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return " (there is " + strings.Join(near, ", ") + ")"
}

func position(s standin.Switch) string {
	switch {
	case !s.On:
		return "is off"
	case s.Value == "" && len(s.Endpoints) == 0:
		return "is on"
	case s.Value == "":
		return "is on, at " + strings.Join(s.Endpoints, ", ")
	}
	text := "is on: " + s.Value
	if s.Unit != "" {
		text += " " + s.Unit
	}
	if len(s.Endpoints) > 0 {
		text += ", at " + strings.Join(s.Endpoints, ", ")
	}
	return text
}

func printOn(env *Env, base string, all []standin.Switch) {
	any := false
	for _, s := range all {
		if s.On {
			any = true
			fmt.Fprintf(env.Stdout, "%s %s\n", s.Name, position(s))
		}
	}
	if !any {
		fmt.Fprintf(env.Stdout, "No switch is on: the stand-in at %s behaves.\nTo see them all: %s standin switch list\n", base, env.Program)
	}
}

func printSwitch(env *Env, s standin.Switch) {
	fmt.Fprintf(env.Stdout, "%s %s\n%s\n", s.Name, position(s), s.Does)
	switch {
	case len(s.Choices) > 0:
		fmt.Fprintf(env.Stdout, "Values: %s (usual: %s)\n", strings.Join(s.Choices, ", "), s.Default)
	case s.Unit != "":
		fmt.Fprintf(env.Stdout, "Value: a number of %s (usual: %s)\n", s.Unit, s.Default)
	case s.Default != "":
		fmt.Fprintf(env.Stdout, "Value: a text (usual: %s)\n", s.Default)
	}
	if s.Anywhere {
		fmt.Fprintln(env.Stdout, "It can be limited to endpoints: VALUE@ENDPOINT,ENDPOINT")
	}
	if s.Check != "" {
		fmt.Fprintf(env.Stdout, "The check that should find it out: %s\n", s.Check)
	}
}

func printSwitches(env *Env, all []standin.Switch) {
	width, part := 0, ""
	for _, s := range all {
		width = max(width, len(s.Name))
	}
	for _, s := range all {
		if s.Part != part {
			if part != "" {
				fmt.Fprintln(env.Stdout)
			}
			part = s.Part
			fmt.Fprintln(env.Stdout, strings.ToUpper(part[:1])+part[1:])
		}
		mark, check := " ", s.Check
		if s.On {
			mark = "*"
		}
		if check == "" {
			check = "-"
		}
		fmt.Fprintf(env.Stdout, "%s %-*s  %s\n", mark, width, s.Name, check)
	}
	fmt.Fprintf(env.Stdout, "\n* is on. The second column is the check that should find it out. More on one: %s standin switch NAME\n", env.Program)
}
