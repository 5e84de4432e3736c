// SPDX-License-Identifier: Apache-2.0

package store

import "context"

// PretendNewer makes the database look as if a later usher had used it.
func PretendNewer(ctx context.Context, db *DB) error {
	_, err := db.exec(ctx, "pretending", `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, ?)`, true)
	return err
}
