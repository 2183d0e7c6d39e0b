variable "name" {
  description = "Prefix of all names, for example gamemetrics-dev."
  type        = string
}

variable "cidr" {
  description = "The VPC's network, a /16. k8s/flows.yaml knows it, too; a test holds the two together."
  type        = string
  validation {
    condition     = can(cidrhost(var.cidr, 0)) && endswith(var.cidr, "/16")
    error_message = "A /16, because the subnets are cut out of it by fixed sizes."
  }
}

variable "zones" {
  description = "Three availability zones."
  type        = list(string)
  validation {
    condition     = length(var.zones) == 3
    error_message = "Three zones: Kafka's and etcd's quorums survive the loss of one of three."
  }
}

variable "nat_per_zone" {
  description = "A NAT gateway in each zone. With one only, a lost zone can take the others' way out with it; it costs a third."
  type        = bool
}

variable "interface_endpoints" {
  description = "AWS services reached without the NAT gateway, by short name. Each costs per zone and hour."
  type        = set(string)
  default     = []
}

variable "flow_log_bucket_arn" {
  description = "Where flow logs go: S3, in Parquet, which is cheaper than CloudWatch and can be asked with Athena."
  type        = string
}

variable "cluster_name" {
  description = "The EKS cluster that finds its load balancers' subnets by tag."
  type        = string
}
