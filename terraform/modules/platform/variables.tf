variable "settings" {
  description = "One environment: terraform/environments/<name>/settings.json. scripts/terraform/cost.py reads the same file."
  type = object({
    name                = string
    region              = string
    zones               = list(string)
    cidr                = string
    nat_per_zone        = bool
    interface_endpoints = list(string)
    kubernetes_version  = string
    public_access_cidrs = list(string)
    admin_role_arns     = map(string)
    # Zones in Route 53 in which cert-manager may prove that the gateway's name is ours. None: it gets no certificate.
    dns_zone_ids = optional(list(string), [])
    node_groups = map(object({
      instance_types = list(string)
      capacity_type  = optional(string, "ON_DEMAND")
      min            = number
      max            = number
      disk_gb        = optional(number, 50)
      tainted        = optional(bool, false)
      zones          = optional(list(number))
      distributed = optional(object({
        instance_types = optional(list(string))
        min            = optional(number)
        max            = optional(number)
        zones          = optional(list(number))
      }), {})
    }))
    volume_gb   = number
    backup_days = number
    log_days    = number
    protected   = bool
    # The stores of the distributed shape, which is not released: nothing that runs today uses them. With them a group is what `distributed` says.
    distributed_stores = bool
    rds                = object({ instance_class = string, storage_gb = number, multi_az = bool, replicas = number })
    elasticache        = object({ engine = string, node_type = string, shards = number, replicas_per_shard = number })
  })
}
