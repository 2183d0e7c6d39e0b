variable "name" {
  description = "The cluster's name."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "subnet_ids" {
  description = "The databases' subnets."
  type        = list(string)
}

variable "client_cidrs" {
  description = "Networks of the pods that may connect."
  type        = list(string)
}

variable "engine" {
  description = "valkey (cheaper, open) or redis: the protocol is the same."
  type        = string
  default     = "valkey"
  validation {
    condition     = contains(["valkey", "redis"], var.engine)
    error_message = "valkey or redis."
  }
}

variable "node_type" {
  description = "Size of each node."
  type        = string
}

variable "shards" {
  description = "Parts that the keys are spread over."
  type        = number
  default     = 3
}

variable "replicas_per_shard" {
  description = "Copies of each shard in other zones."
  type        = number
  default     = 1
}

variable "kms_key_arn" {
  description = "Key of what is stored."
  type        = string
}

variable "snapshot_days" {
  description = "Days of snapshots. Nothing durable lives only here, so few do."
  type        = number
  default     = 1
}
