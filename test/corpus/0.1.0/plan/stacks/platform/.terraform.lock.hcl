# Written at synthesis from airlock.lock.json; changes are overwritten.

provider "registry.terraform.io/hashicorp/helm" {
  version     = "3.1.1"
  constraints = "3.1.1"
  hashes = [
    "h1:czJoQo3i6oOwfkm26i1sxUvXd3BJOxOyVvnyzS8tx0E=",
    "zh:9593b5e17617d7711ab4c0abe3debb0b14c78bf17e65ce5a2726a8eecdd57020",
  ]
}

provider "registry.terraform.io/hashicorp/kubernetes" {
  version     = "2.38.0"
  constraints = "2.38.0"
  hashes = [
    "h1:3tf8X97RUUNJriaXBrmK6+UQXm+62T2r9azVmf7rL2Q=",
    "zh:544bcf76642221e8b9fe56f64a0c53a8d6994ba96e194571788d637fbc9f3b65",
  ]
}
