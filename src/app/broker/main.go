//go:build js && wasm

// A Kafka broker for one machine: kfake (franz-go's in-memory Kafka) as WebAssembly. JavaScript owns
// the TCP sockets; brokerProcess.js, the other half, documents the functions in between.
package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall/js"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"
)

// kafkaVersion hides the telemetry requests of later versions, which make librdkafka noisy.
const kafkaVersion = "3.6"

func main() {
	options := js.Global().Get("brokerOptions")
	port := options.Get("port").Int()
	listener := newListener(fmt.Sprintf("127.0.0.1:%d", port))
	stop := make(chan struct{})
	js.Global().Set("brokerStop", js.FuncOf(func(js.Value, []js.Value) any { close(stop); return nil }))

	listening := false
	cluster, err := kfake.NewCluster(
		kfake.NumBrokers(1),
		kfake.Ports(port),
		kfake.AllowAutoTopicCreation(),
		kfake.DefaultNumPartitions(1),
		kfake.MaxVersions(kversion.FromString(kafkaVersion)),
		// Topics, offsets and groups outlive a restart: with the broker's memory gone and the app's
		// state kept, counts would go wrong in silence.
		kfake.DataDir(options.Get("dataDir").String()),
		kfake.ListenFn(func(_, _ string) (net.Listener, error) {
			if listening {
				return nil, errors.New("one listener only")
			}
			listening = true
			return listener, nil
		}),
	)
	if err != nil {
		js.Global().Call("brokerReady", err.Error())
		os.Exit(1)
	}
	shortenSessions(cluster, int32(options.Get("sessionMs").Int()))
	forgiveUnknownGroups(cluster)
	js.Global().Call("brokerReady", "")
	<-stop
	cluster.Close()
}

// shortenSessions caps the time after which a killed app's partitions come free: the default of 45 s
// is how long its next start would sit silent.
func shortenSessions(cluster *kfake.Cluster, most int32) {
	cluster.ControlKey(int16(kmsg.JoinGroup), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if join := request.(*kmsg.JoinGroupRequest); join.SessionTimeoutMillis > most {
			join.SessionTimeoutMillis = most
		}
		return nil, nil, false
	})
}

// forgiveUnknownGroups answers OffsetFetch for a group that never joined or committed with offset -1,
// as Kafka does. kfake says GROUP_ID_NOT_FOUND, at which an app with join_lookup hangs.
func forgiveUnknownGroups(cluster *kfake.Cluster) {
	cluster.ControlKey(int16(kmsg.OffsetFetch), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		fetch := request.(*kmsg.OffsetFetchRequest)
		group := fetch.Group
		if len(fetch.Groups) == 1 {
			group = fetch.Groups[0].Group
		}
		known := false
		// The cluster's loop, which GroupInfo needs, stands still but while a control sleeps.
		cluster.SleepControl(func() { known = cluster.GroupInfo(group) != nil })
		if known {
			return nil, nil, false
		}
		return nothingCommitted(fetch), nil, true
	})
}

// nothingCommitted is the answer for a group without offsets, in both layouts of the response.
func nothingCommitted(fetch *kmsg.OffsetFetchRequest) *kmsg.OffsetFetchResponse {
	response := fetch.ResponseKind().(*kmsg.OffsetFetchResponse)
	for _, asked := range fetch.Topics {
		topic := kmsg.NewOffsetFetchResponseTopic()
		topic.Topic = asked.Topic
		for _, number := range asked.Partitions {
			partition := kmsg.NewOffsetFetchResponseTopicPartition()
			partition.Partition, partition.Offset, partition.LeaderEpoch = number, -1, -1
			topic.Partitions = append(topic.Partitions, partition)
		}
		response.Topics = append(response.Topics, topic)
	}
	for _, askedGroup := range fetch.Groups {
		group := kmsg.NewOffsetFetchResponseGroup()
		group.Group = askedGroup.Group
		for _, asked := range askedGroup.Topics {
			topic := kmsg.NewOffsetFetchResponseGroupTopic()
			topic.Topic = asked.Topic
			for _, number := range asked.Partitions {
				partition := kmsg.NewOffsetFetchResponseGroupTopicPartition()
				partition.Partition, partition.Offset, partition.LeaderEpoch = number, -1, -1
				topic.Partitions = append(topic.Partitions, partition)
			}
			group.Topics = append(group.Topics, topic)
		}
		response.Groups = append(response.Groups, group)
	}
	return response
}
