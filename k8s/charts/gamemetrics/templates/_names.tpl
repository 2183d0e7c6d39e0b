{{- define "gamemetrics.name" -}}
{{- default "gamemetrics" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects pods; it never changes once installed. Call with (dict "root" $ "component" "all"). */}}
{{- define "gamemetrics.selector" -}}
app.kubernetes.io/name: gamemetrics
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "gamemetrics.labels" -}}
{{ include "gamemetrics.selector" . }}
app.kubernetes.io/part-of: gamemetrics-pro
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{- define "gamemetrics.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{/* The name of a target's objects: the release alone, or the release and the target. */}}
{{- define "gamemetrics.target-name" -}}
{{ include "gamemetrics.name" .root }}-{{ .target }}
{{- end -}}

{{/* The targets of the chosen shape, by component name, as YAML. */}}
{{- define "gamemetrics.components" -}}
{{- if eq .Values.shape "all-in-one" }}
all: {name: {{ include "gamemetrics.name" . }}, port: 8080, replicas: 1}
{{- else }}
{{- if not .Values.distributed.acceptUnreleased }}
{{- fail "shape: distributed is not released: `gamemetrics serve` knows --target=all only. Use shape: all-in-one. (To look at the manifests all the same: distributed.acceptUnreleased=true)" }}
{{- end }}
{{- range $target, $spec := .Values.distributed.targets }}
{{ $target }}: {{ merge (dict "name" (include "gamemetrics.target-name" (dict "root" $ "target" $target))) $spec | toJson }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What an autoscaler scales: the object that makes this target's pods. */}}
{{- define "gamemetrics.scaled" -}}
apiVersion: {{ ternary "apps/v1" "argoproj.io/v1alpha1" (eq .canary "none") }}
kind: {{ ternary "Deployment" "Rollout" (eq .canary "none") }}
name: {{ .name }}
{{- end -}}
