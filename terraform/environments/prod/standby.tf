# Another region, warm: data is copied there all the time, a small cluster can be started there (`standby_cluster`), and a name is moved by a health check.

variable "standby_cluster" {
  description = "Whether the other region has its cluster. Without: copies only, and an hour more to be back."
  type        = bool
  default     = false
}

variable "domain" {
  description = "The zone in Route 53 and the name that players' games send to; empty leaves names alone."
  type        = object({ zone_id = string, name = string, primary_target = string, standby_target = string })
  default     = null
}

provider "aws" {
  alias  = "standby"
  region = "us-west-2"
  default_tags {
    tags = { project = "gamemetrics", environment = "${local.settings.name}-standby", made-by = "terraform" }
  }
}

module "standby" {
  source = "../../modules/warm-standby"
  providers = {
    aws         = aws
    aws.standby = aws.standby
  }
  settings       = merge(local.settings, { name = "${local.settings.name}-dr", region = "us-west-2", zones = ["us-west-2a", "us-west-2b", "us-west-2c"], cidr = "10.40.0.0/16", nat_per_zone = false, distributed_stores = false })
  cluster        = var.standby_cluster
  source_buckets = { for name in ["backups", "velero"] : name => { name = module.platform.bucket_names[name], arn = module.platform.bucket_arns[name] } }
  source_key_arn = module.platform.data_key_arn
  database_arn   = module.platform.database_arn
  copy_database  = local.settings.distributed_stores
  database_class = local.settings.rds.instance_class
  domain         = var.domain
}
