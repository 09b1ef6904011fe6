// Decodes manifests strictly with the types of Kubernetes 1.25, the oldest the chart is for: an unknown or a doubled field is
// an error, and so is a wrong type. Reads YAML documents from standard input; a line per object, exit code 1 when one is wrong.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Custom resources have types elsewhere.
const prometheus = "apiVersion: monitoring.coreos.com/v1\n"

func main() {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme, rbacv1.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	reader := yaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	code := 0
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && strings.Contains(string(document), prometheus) {
			continue
		}
		kind := "?"
		if err == nil {
			var object runtime.Object
			if object, _, err = decoder.Decode(document, nil, nil); err == nil {
				kind = object.GetObjectKind().GroupVersionKind().Kind
			}
		}
		if err != nil {
			fmt.Printf("%s: %v\n", kind, err)
			code = 1
			continue
		}
		fmt.Printf("%s: ok\n", kind)
	}
	os.Exit(code)
}
