// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usher-signin/usher/internal/bundle"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
	"github.com/usher-signin/usher/internal/lookalike"
)

func bundleCommand(env *Env) *cobra.Command {
	b := bundling{env: env}
	cmd := &cobra.Command{
		Use:   "bundle FILE...",
		Short: "Write a support archive: what the doctor sees, without secrets",
		Long: `Gather what usher doctor FILE judges, and write it into one archive that somebody
else can judge: usher doctor ARCHIVE gives the same findings, offline.

Every secret of the configuration is replaced; of each only what may be said is
kept (where it stands, its length, whether it is a placeholder, whether two are
equal). The log is not in it. Host names, addresses and persons stay, for without
them little can be found; --anonymize gives each person a number instead.

Nothing is written before you have seen the list of what would be in it and have
said yes. --preview shows all of it and writes nothing.`,
		Example: "  usher bundle usher.yaml\n  usher bundle usher.yaml --preview | less\n  usher bundle prod.yaml stage.yaml --anonymize -O case-1234.zip --yes",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(errors.New("which configuration file? usher bundle FILE"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return b.run(cmd.Context(), args) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&b.out, "output-file", "O", "", "the archive to write; left out: usher-INSTANCE-DATE.zip here")
	flags.BoolVar(&b.preview, "preview", false, "show everything that would be in it, and write nothing")
	flags.BoolVar(&b.yes, "yes", false, "write without asking")
	flags.BoolVar(&b.anonymize, "anonymize", false, "a number in the place of each person: address, name, subject, browser's address")
	flags.BoolVar(&b.doctor.offline, "offline", false, "the files alone; ask nobody, the database included")
	flags.BoolVar(&b.doctor.noAuthProbes, "no-auth-probes", false, "do not send the client secret to the provider: it is then not judged")
	flags.StringVar(&b.doctor.user, "user", "", "email of the person whom it is about")
	flags.StringVar(&b.doctor.symptom, "symptom", "", "what a person sees: "+strings.Join(symptomNames(), ", "))
	return cmd
}

// bundling is one run of the command.
type bundling struct {
	env                     *Env
	out                     string
	preview, yes, anonymize bool
	doctor                  doctorFlags
}

func (b *bundling) run(ctx context.Context, files []string) error {
	report, err := caseOf(ctx, b.env, files, &b.doctor)
	if err != nil {
		return err
	}
	if len(report.Case.Instances) > 0 && isBundle(files[0]) {
		return usage(fmt.Errorf("%s is a support archive already", files[0]))
	}
	made, err := bundle.Make(report.Case, bundle.Origin{Usher: Version, Made: b.env.Now(), Host: machineName(), Vantage: report.Vantage}, b.anonymize)
	if err != nil {
		return failed(err)
	}
	var archive bytes.Buffer
	if err := made.Write(&archive); err != nil {
		return failed(err)
	}
	differ, err := b.rehearse(archive.Bytes(), report.Case)
	if err != nil {
		return failed(fmt.Errorf("nothing was written: the archive cannot be read back: %w", err))
	}
	path := b.path(made)
	b.list(made, path, archive.Len(), differ)
	if b.preview {
		return b.show(made)
	}
	if !b.yes {
		if err := b.ask(made, path); err != nil {
			return err
		}
	}
	if err := writeArchive(path, archive.Bytes()); err != nil {
		return failed(err)
	}
	fmt.Fprintf(b.env.Stdout, "\nWritten: %s (%d bytes). Whoever has it: usher doctor %s\n", path, archive.Len(), filepath.Base(path))
	return nil
}

// rehearse reads the archive back and compares the findings. Where persons
// have numbers the findings are not the same to the letter.
func (b *bundling) rehearse(archive []byte, c doctor.Case) (differ bool, err error) {
	read, err := bundle.Read(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return false, err
	}
	back, err := read.Case()
	if err != nil || b.anonymize {
		return false, err
	}
	var before, after bytes.Buffer
	for _, run := range []struct {
		c    doctor.Case
		into *bytes.Buffer
	}{{c, &before}, {back, &after}} {
		if err := doctor.JSON(run.into, doctor.Report{Usher: Version, Case: run.c, Results: doctor.Run(checks.All(), run.c)}); err != nil {
			return false, err
		}
	}
	return !bytes.Equal(before.Bytes(), after.Bytes()), nil
}

// path is where the archive goes: its name says whose and when.
func (b *bundling) path(made *bundle.Bundle) string {
	if b.out != "" {
		return b.out
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, made.Manifest.Instances[0])
	return fmt.Sprintf("usher-%.40s-%s.zip", name, made.Manifest.Made.Format("20060102-1504"))
}

func (b *bundling) list(made *bundle.Bundle, path string, size int, differ bool) {
	w := b.env.Stdout
	fmt.Fprintf(w, "%s, %d bytes, would hold:\n\n", path, size)
	for _, e := range made.Manifest.Files {
		line := fmt.Sprintf("  %9d bytes  %-26s %s", e.Bytes, e.Name, e.Removed)
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
	fmt.Fprintln(w, "\nNo secret, no token, no log.")
	if !b.anonymize {
		fmt.Fprintln(w, "Persons, host names and addresses are in it as they are; --anonymize gives persons numbers.")
	}
	if differ {
		fmt.Fprintln(w, "Judged from the archive some findings are worded otherwise than here; that is a fault of usher's.")
	}
}

// show prints every member.
func (b *bundling) show(made *bundle.Bundle) error {
	w := bufio.NewWriter(b.env.Stdout)
	for _, e := range made.Manifest.Files {
		fmt.Fprintf(w, "\n--- %s ---\n", e.Name)
		for line := range strings.Lines(string(made.File(e.Name))) {
			fmt.Fprintln(w, lookalike.Visible(strings.TrimRight(line, "\r\n")))
		}
	}
	if err := w.Flush(); err != nil {
		return failed(err)
	}
	return nil
}

// ask asks until somebody says yes or no.
func (b *bundling) ask(made *bundle.Bundle, path string) error {
	lines := bufio.NewScanner(b.env.Stdin)
	for {
		fmt.Fprintf(b.env.Stdout, "\nWrite %s? yes, no, or show: ", path)
		if !lines.Scan() {
			fmt.Fprintln(b.env.Stdout)
			return usage(errors.New("nothing was written, as nobody said yes; --yes writes without asking, --preview shows what would be in it"))
		}
		switch strings.ToLower(strings.TrimSpace(lines.Text())) {
		case "y", "yes", "j", "ja":
			return nil
		case "n", "no", "nee":
			fmt.Fprintln(b.env.Stdout, "Nothing was written.")
			return silently(exitUsage)
		case "s", "show":
			if err := b.show(made); err != nil {
				return err
			}
		}
	}
}

// writeArchive writes a new file for this user only; one that is there is not touched.
func writeArchive(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("there is a file %s already; name another one with -O", path)
	}
	if err != nil {
		return fmt.Errorf("the archive cannot be written: %w; name another place with -O", err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("the archive %s was not written whole: %w", path, err), os.Remove(path))
	}
	return nil
}
