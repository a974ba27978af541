{{- define "ocellus.name" -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) (contains .Chart.Name .Release.Name) | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "ocellus.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ocellus.labels" -}}
{{ include "ocellus.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "ocellus.serviceAccount" -}}
{{- if .Values.serviceAccount.name }}{{ .Values.serviceAccount.name }}{{ else if .Values.serviceAccount.create }}{{ include "ocellus.name" . }}{{ else }}default{{ end }}
{{- end }}

{{- /* How many servers there may be: the router is told of all of them, and those that are not there are down to it. */ -}}
{{- define "ocellus.mostServers" -}}
{{- if .Values.autoscaling.enabled }}{{ .Values.autoscaling.maxReplicas | int }}{{ else }}{{ .Values.server.replicas | int }}{{ end }}
{{- end }}

{{- /* Flags of the front ends, which servers and routers share. */ -}}
{{- define "ocellus.frontArgs" -}}
- --http-address=0.0.0.0
- --grpc-address=0.0.0.0
{{- if .Values.tls.secretName }}
- --http-ssl-cert=/etc/ocellus/tls/tls.crt
- --http-ssl-key=/etc/ocellus/tls/tls.key
- --grpc-use-ssl=true
- --grpc-server-cert=/etc/ocellus/tls/tls.crt
- --grpc-server-key=/etc/ocellus/tls/tls.key
{{- end }}
{{- if .Values.token.secretName }}
- --auth-token-file=/etc/ocellus/token/{{ .Values.token.key }}
{{- end }}
{{- end }}

{{- define "ocellus.container" -}}
image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
ports:
  - { name: http, containerPort: 8000 }
  - { name: grpc, containerPort: 8001 }
  - { name: metrics, containerPort: 8002 }
livenessProbe:
  httpGet: { path: /v2/health/live, port: http, scheme: {{ include "ocellus.scheme" . }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /v2/health/ready, port: http, scheme: {{ include "ocellus.scheme" . }} }
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
lifecycle:
  preStop:
    exec:
      command: [sleep, {{ .Values.preStopSecs | quote }}]
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- define "ocellus.scheme" -}}
{{- if .Values.tls.secretName }}HTTPS{{ else }}HTTP{{ end }}
{{- end }}

{{- define "ocellus.mounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if .Values.tls.secretName }}
- { name: tls, mountPath: /etc/ocellus/tls, readOnly: true }
{{- end }}
{{- if .Values.token.secretName }}
- { name: token, mountPath: /etc/ocellus/token, readOnly: true }
{{- end }}
{{- end }}

{{- define "ocellus.volumes" -}}
- name: tmp
  emptyDir: {}
{{- if .Values.tls.secretName }}
- name: tls
  secret: { secretName: {{ .Values.tls.secretName }} }
{{- end }}
{{- if .Values.token.secretName }}
- name: token
  secret: { secretName: {{ .Values.token.secretName }} }
{{- end }}
{{- end }}

{{- define "ocellus.pod" -}}
serviceAccountName: {{ include "ocellus.serviceAccount" . }}
automountServiceAccountToken: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{ toJson . }}
{{- end }}
{{- end }}

{{- define "ocellus.podAnnotations" -}}
prometheus.io/scrape: 'true'
prometheus.io/port: '8002'
prometheus.io/path: /metrics
{{- end }}
