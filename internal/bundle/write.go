// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
)

// Write writes the archive.
func (b *Bundle) Write(w io.Writer) error {
	manifest, err := b.manifest()
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	if err := b.member(z, manifestName, manifest); err != nil {
		return err
	}
	for _, e := range b.Manifest.Files {
		if err := b.member(z, e.Name, b.files[e.Name]); err != nil {
			return err
		}
	}
	return z.Close()
}

// manifest spells the manifest as it is written.
func (b *Bundle) manifest() ([]byte, error) {
	raw, err := json.MarshalIndent(b.Manifest, "", " ")
	if err != nil {
		return nil, fmt.Errorf("%s cannot be written down: %w", manifestName, err)
	}
	return append(raw, '\n'), nil
}

func (b *Bundle) member(z *zip.Writer, name string, data []byte) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.Manifest.Made})
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	if _, err := w.Write(data); err != nil {
		return fmt.Errorf("%s cannot be written: %w", name, err)
	}
	return nil
}
