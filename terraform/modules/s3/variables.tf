variable "name" {
  description = "Prefix of the buckets' names; with the account's number they are unique in the world."
  type        = string
}

variable "kms_key_arn" {
  description = "Key of what is stored here."
  type        = string
}

variable "backup_days" {
  description = "How long backups are kept, and cannot be removed (Object Lock) by anyone who has the credentials of this account."
  type        = number
  default     = 30
}

variable "log_days" {
  description = "How long access and flow logs are kept."
  type        = number
  default     = 90
}

variable "force_destroy" {
  description = "Whether a bucket that is not empty may be destroyed. Only in development."
  type        = bool
  default     = false
}
