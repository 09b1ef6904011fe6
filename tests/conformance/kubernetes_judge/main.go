// Judges manifests as an API server of Kubernetes 1.34 does, with its own code: decoded strictly (an unknown or a doubled
// field is an error), defaulted, converted and validated. Reads YAML documents from standard input. Writes a line per
// object, "KIND NAME: ok" or "KIND NAME: what is wrong"; of a DaemonSet also the strictest level of Pod Security that
// admits its pods. Exit code 1 when something is wrong.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	networkingvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/rbac"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func validate(object runtime.Object) (field.ErrorList, error) {
	switch o := object.(type) {
	case *apps.DaemonSet:
		return appsvalidation.ValidateDaemonSet(o, corevalidation.PodValidationOptions{}), nil
	case *core.ConfigMap:
		return corevalidation.ValidateConfigMap(o), nil
	case *core.Secret:
		return corevalidation.ValidateSecret(o), nil
	case *core.ServiceAccount:
		return corevalidation.ValidateServiceAccount(o), nil
	case *core.Namespace:
		return corevalidation.ValidateNamespace(o), nil
	case *networking.NetworkPolicy:
		return networkingvalidation.ValidateNetworkPolicy(o, networkingvalidation.NetworkPolicyValidationOptions{}), nil
	case *rbac.ClusterRole:
		return rbacvalidation.ValidateClusterRole(o, rbacvalidation.ClusterRoleValidationOptions{}), nil
	case *rbac.ClusterRoleBinding:
		return rbacvalidation.ValidateClusterRoleBinding(o), nil
	}
	return nil, fmt.Errorf("no judge for a %T", object)
}

func levelOf(set *appsv1.DaemonSet) string {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return err.Error()
	}
	pod := set.Spec.Template
	for _, level := range []api.Level{api.LevelRestricted, api.LevelBaseline} {
		at := api.LevelVersion{Level: level, Version: api.LatestVersion()}
		if policy.AggregateCheckResults(evaluator.EvaluatePod(at, &pod.ObjectMeta, &pod.Spec)).Allowed {
			return string(level)
		}
	}
	return string(api.LevelPrivileged)
}

func judge(document []byte, decoder runtime.Decoder) (string, error) {
	object, kind, err := decoder.Decode(document, nil, nil)
	if err != nil {
		return "?", err
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return kind.Kind, err
	}
	name := kind.Kind + " " + accessor.GetName()
	if kind.Group == monitoring.SchemeGroupVersion.Group {
		return name, nil
	}
	legacyscheme.Scheme.Default(object)
	internal, err := legacyscheme.Scheme.ConvertToVersion(object, schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal})
	if err != nil {
		return name, err
	}
	faults, err := validate(internal)
	if err != nil {
		return name, err
	}
	if set, ok := object.(*appsv1.DaemonSet); ok {
		fmt.Printf("pod-security %s: %s\n", accessor.GetName(), levelOf(set))
	}
	return name, faults.ToAggregate()
}

func main() {
	if err := monitoring.AddToScheme(legacyscheme.Scheme); err != nil {
		panic(err)
	}
	codecs := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)
	reader := yaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	code := 0
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		name := "?"
		if err == nil {
			name, err = judge(document, codecs.UniversalDeserializer())
		}
		if err != nil {
			fmt.Printf("%s: %v\n", name, err)
			code = 1
			continue
		}
		fmt.Printf("%s: ok\n", name)
	}
	os.Exit(code)
}
