// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// MaxFileBytes bounds the configuration file.
const MaxFileBytes = 8 << 20

// maxSecretBytes bounds a secret, and the file that holds one.
const maxSecretBytes = 64 << 10

var errTooLarge = errors.New("it is larger than 8 MiB")

// Environment is the world around a file: how the file and the secrets that
// it points to are read.
type Environment struct {
	ReadFile  func(name string) ([]byte, error)
	LookupEnv func(name string) (string, bool)
	Stat      func(name string) (fs.FileInfo, error) // nil: modes of secret files are not known

	// LenientSecrets lets a file load whose secrets are not to be had here: the
	// doctor runs on machines other than the server. The secret is then empty,
	// and [Config.Secret] says why.
	LenientSecrets bool

	packed map[string]PackedSecret // instead of the secrets, by path
}

// OS is the real world. Its ReadFile reads [MaxFileBytes] at most.
func OS() Environment {
	return Environment{ReadFile: readBounded, LookupEnv: os.LookupEnv, Stat: os.Stat}
}

func readBounded(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errors.New("it is a directory")
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxFileBytes {
		return nil, errTooLarge
	}
	return data, nil
}

func (e Environment) readFile(name string) ([]byte, error) {
	if e.ReadFile == nil {
		return nil, errors.New("files are not read here")
	}
	return e.ReadFile(name)
}

func (e Environment) lookupEnv(name string) (string, bool) {
	if e.LookupEnv == nil {
		return "", false
	}
	return e.LookupEnv(name)
}

// mode gives the mode of a file, zero where it is not known.
func (e Environment) mode(name string) fs.FileMode {
	if e.Stat == nil {
		return 0
	}
	info, err := e.Stat(name)
	if err != nil {
		return 0
	}
	return info.Mode()
}

// reason says in a few words why a file could not be read, without its name.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		return "this user may not read it"
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
