variable "settings" {
  description = "As modules/platform has it, for the other region."
  type        = any
}

variable "cluster" {
  description = "Whether the other region's network and cluster exist."
  type        = bool
}

variable "source_buckets" {
  description = "Buckets that are copied: purpose => name and ARN."
  type        = map(object({ name = string, arn = string }))
}

variable "source_key_arn" {
  description = "Key of the source buckets."
  type        = string
}

variable "copy_database" {
  description = "A read replica of PostgreSQL in the other region."
  type        = bool
}

variable "database_arn" {
  description = "The primary database; needed with copy_database."
  type        = string
  default     = null
}

variable "database_class" {
  description = "The replica's size."
  type        = string
}

variable "domain" {
  description = "The name that moves: zone, name, and the load balancers' names of both regions."
  type        = object({ zone_id = string, name = string, primary_target = string, standby_target = string })
  default     = null
}
