//go:build js && wasm

// A Kafka broker for one machine: kfake (franz-go's in-memory Kafka) as WebAssembly. JavaScript owns
// the TCP sockets; brokerProcess.js, the other half, documents the functions in between.
package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall/js"

	"github.com/twmb/franz-go/pkg/kerr"
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
	joined := make(map[string]bool)
	shortenSessions(cluster, int32(options.Get("sessionMs").Int()), joined)
	letEarlierMembersJoin(cluster, joined)
	forgiveUnknownGroups(cluster)
	keepCreatedTopics(cluster)
	js.Global().Call("brokerReady", "")
	<-stop
	cluster.Close()
}

// shortenSessions caps the time after which a killed app's partitions come free: the default of 45 s
// is how long its next start would sit silent. It notes who joins.
func shortenSessions(cluster *kfake.Cluster, most int32, joined map[string]bool) {
	cluster.ControlKey(int16(kmsg.JoinGroup), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		join := request.(*kmsg.JoinGroupRequest)
		joined[join.MemberID] = true
		if join.SessionTimeoutMillis > most {
			join.SessionTimeoutMillis = most
		}
		return nil, nil, false
	})
}

// letEarlierMembersJoin is for those who joined a broker that crashed, in whose place this one is. Kafka
// knows them still, kfake does not: it would tell them that their partitions are lost, at which an app
// counts anew what it has counted but not committed, and refuse their commits, at which one ends. Instead
// they hear of a rebalance, before which they commit; then they join.
func letEarlierMembersJoin(cluster *kfake.Cluster, joined map[string]bool) {
	isEarlier := func(group, member string) bool {
		if member == "" || joined[member] {
			return false
		}
		known := false
		cluster.SleepControl(func() {
			// One that ended by itself left its members on disk.
			if info := cluster.GroupInfo(group); info != nil {
				known = slices.ContainsFunc(info.Members, func(one kfake.GroupMember) bool { return one.MemberID == member })
			}
		})
		return !known
	}
	cluster.ControlKey(int16(kmsg.Heartbeat), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		heartbeat := request.(*kmsg.HeartbeatRequest)
		if !isEarlier(heartbeat.Group, heartbeat.MemberID) {
			return nil, nil, false
		}
		response := heartbeat.ResponseKind().(*kmsg.HeartbeatResponse)
		response.ErrorCode = kerr.RebalanceInProgress.Code
		return response, nil, true
	})
	cluster.ControlKey(int16(kmsg.OffsetCommit), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		commit := request.(*kmsg.OffsetCommitRequest)
		if isEarlier(commit.Group, commit.MemberID) {
			// As one who is no member commits: refused once others have joined.
			commit.Generation, commit.MemberID, commit.InstanceID = -1, "", nil
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

// keepCreatedTopics creates the topics that a client asks for before kfake does: those it creates of
// itself are on disk only once it closes, so that after a crash their messages were gone.
func keepCreatedTopics(cluster *kfake.Cluster) {
	cluster.ControlKey(int16(kmsg.Metadata), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		metadata := request.(*kmsg.MetadataRequest)
		if !metadata.AllowAutoTopicCreation || len(metadata.Topics) == 0 {
			return nil, nil, false
		}
		cluster.SleepControl(func() {
			for _, asked := range metadata.Topics {
				if asked.Topic != nil && *asked.Topic != "" && cluster.TopicInfo(*asked.Topic) == nil {
					// One that cannot be created is answered by kfake.
					_ = cluster.CreateTopic(*asked.Topic, 0, nil)
				}
			}
		})
		return nil, nil, false
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
