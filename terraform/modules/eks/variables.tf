variable "name" {
  description = "The cluster's name."
  type        = string
}

variable "kubernetes_version" {
  description = "Kubernetes, in standard support: an older one costs about six times as much an hour, and 1.33 left it in July 2026."
  type        = string
  default     = "1.35"
  validation {
    condition     = tonumber(split(".", var.kubernetes_version)[1]) >= 34
    error_message = "1.34 or newer: what is older is in extended support."
  }
}

variable "cluster_subnet_ids" {
  description = "Where the API server's addresses are."
  type        = list(string)
}

variable "node_subnet_ids" {
  description = "Where nodes and pods are, one a zone."
  type        = list(string)
}

variable "public_access_cidrs" {
  description = "Who reaches the API server from the internet. Empty: nobody, only the VPC does."
  type        = list(string)
  default     = []
  validation {
    condition     = !contains(var.public_access_cidrs, "0.0.0.0/0")
    error_message = "Not the whole world: name the office's or the VPN's addresses."
  }
}

variable "admin_role_arns" {
  description = "IAM roles that administer the cluster (access entries)."
  type        = map(string)
  default     = {}
}

variable "node_groups" {
  description = "system: what the cluster itself needs. application: services. data: what has volumes, and nothing else is put there. zones: numbers of the zones, all when empty; a volume can be attached in its own zone only."
  type = map(object({
    instance_types = list(string)
    capacity_type  = optional(string, "ON_DEMAND")
    min            = number
    max            = number
    disk_gb        = optional(number, 50)
    tainted        = optional(bool, false)
    zones          = optional(list(number))
  }))
  validation {
    condition     = toset(keys(var.node_groups)) == toset(["system", "application", "data"])
    error_message = "Three node groups: system, application, data."
  }
  validation {
    condition     = alltrue([for name, group in var.node_groups : name == "application" || group.capacity_type == "ON_DEMAND"])
    error_message = "Only services may run on nodes that AWS takes back: volumes and the cluster's own parts may not."
  }
}

variable "enable_irsa" {
  description = "Also roles for service accounts by OpenID Connect, for what cannot use Pod Identity."
  type        = bool
  default     = true
}

variable "pod_roles" {
  description = "What pods may do in AWS, by EKS Pod Identity: name => namespace, service account, policy (JSON)."
  type = map(object({
    namespace       = string
    service_account = string
    policy          = string
  }))
  default = {}
}

variable "log_days" {
  description = "How long the control plane's logs are kept."
  type        = number
  default     = 90
}
