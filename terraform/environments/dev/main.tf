# dev: an account of its own. Everything that makes it differ from the others is in settings.json.

terraform {
  required_version = ">= 1.10"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 6.28" }
  }
  # The bucket is made by terraform/bootstrap and named at `terraform init -backend-config=bucket=...`. Locked by S3 itself: no DynamoDB table.
  backend "s3" {
    key          = "dev/platform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }
}

locals {
  settings = jsondecode(file("${path.module}/settings.json"))
}

provider "aws" {
  region = local.settings.region
  default_tags {
    tags = { project = "gamemetrics", environment = local.settings.name, made-by = "terraform" }
  }
}

module "platform" {
  source   = "../../modules/platform"
  settings = local.settings
}

output "platform" {
  description = "What Argo CD and people need to know of it."
  value       = module.platform
}
