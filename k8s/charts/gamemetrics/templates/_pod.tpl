{{/*
The parts that every pod of GameMetrics shares: restricted in the sense of the Pod Security Standards, and a read-only root.
*/}}
{{- define "gamemetrics.pod-security" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "gamemetrics.container-security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- define "gamemetrics.probes" -}}
startupProbe:
  httpGet: {path: /startupz, port: internal}
  periodSeconds: 5
  failureThreshold: {{ div .startupSecondsMax 5 }}
livenessProbe:
  httpGet: {path: /livez, port: internal}
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: internal}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end -}}

{{/* Endpoints forget a pod that ends some seconds after it was told to: it keeps serving for that long. No shell is needed. */}}
{{- define "gamemetrics.lifecycle" -}}
preStop:
  sleep: {seconds: 10}
{{- end -}}

{{/*
Call with (dict "root" $ "component" ... "strict" true|false "hash" <the label that tells versions apart, or nothing>). Without that label the pods that
an upgrade replaces are counted with the new ones, and when they are gone two of three may be in one zone (scripts/platform/k8s-simulation showed it).
*/}}
{{- define "gamemetrics.spread" -}}
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: {{ ternary "DoNotSchedule" "ScheduleAnyway" .strict }}
  nodeTaintsPolicy: Honor
  {{- with .hash }}
  matchLabelKeys: [{{ . }}]
  {{- end }}
  labelSelector:
    matchLabels: {{- include "gamemetrics.selector" . | nindent 6 }}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  nodeTaintsPolicy: Honor
  {{- with .hash }}
  matchLabelKeys: [{{ . }}]
  {{- end }}
  labelSelector:
    matchLabels: {{- include "gamemetrics.selector" . | nindent 6 }}
{{- end -}}

{{- define "gamemetrics.secret-mounts" -}}
{{- range .Values.externalSecrets.secrets }}
- {name: secret-{{ .name }}, mountPath: /run/secrets/gamemetrics/{{ .name }}, readOnly: true}
{{- end }}
{{- end -}}

{{- define "gamemetrics.secret-volumes" -}}
{{- range .Values.externalSecrets.secrets }}
- name: secret-{{ .name }}
  secret: {secretName: {{ include "gamemetrics.name" $ }}-{{ .name }}, defaultMode: 0440}
{{- end }}
{{- end -}}
