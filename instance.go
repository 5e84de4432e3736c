// SPDX-License-Identifier: Apache-2.0

package usher

// Environment says what an instance is for.
type Environment string

// The environments that a configuration file may name.
const (
	Production  Environment = "production"
	Stage       Environment = "stage"
	Development Environment = "development"
)

// Deployment says who runs the instance.
type Deployment string

// The deployments that a configuration file may name. A hosted instance is
// the vendor's to mend.
const (
	OnPremise Deployment = "on-premise"
	Hybrid    Deployment = "hybrid"
	Hosted    Deployment = "hosted"
)

// An Instance is one installation of the guarded product.
type Instance struct {
	Name        string
	Environment Environment
	Deployment  Deployment
	URL         string // where operators reach it
}
