variable "name" {
  description = "The database's name in AWS."
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

variable "instance_class" {
  description = "Size of the primary and of each replica."
  type        = string
}

variable "engine_version" {
  description = "PostgreSQL."
  type        = string
  default     = "17"
}

variable "storage_gb" {
  description = "At the start; it grows to four times that by itself."
  type        = number
  default     = 50
}

variable "multi_az" {
  description = "A synchronous standby in another zone: a failover in one to two minutes, and nothing answered with success is lost."
  type        = bool
}

variable "replicas" {
  description = "Asynchronous read replicas."
  type        = number
}

variable "backup_days" {
  description = "Days to which it can be set back, to the second."
  type        = number
  default     = 7
}

variable "kms_key_arn" {
  description = "Key of storage, backups, Performance Insights and the master password."
  type        = string
}

variable "protected" {
  description = "Deletion protection, and a last snapshot."
  type        = bool
  default     = true
}
