#include "lib/telemetry/catalog.h"

#include "lib/telemetry/catalog_behavior.h"
#include "lib/telemetry/catalog_graphql.h"
#include "lib/telemetry/catalog_notifications.h"
#include "lib/telemetry/catalog_privacy.h"
#include "lib/telemetry/catalog_queries.h"
#include "lib/telemetry/catalog_sql.h"
#include "lib/telemetry/catalog_users.h"

namespace gm::telemetry {

const std::vector<const MetricDeclaration*>& catalog() {
  static const std::vector<const MetricDeclaration*> all = {
      &kBuildInfo,
      &kHttpRequestDuration,
      &kHttpConnections,
      &kHttpConnectionsRefused,
      &kHttpCertificateExpiry,
      &kIngestEvents,
      &kIngestRejected,
      &kIngestWarnings,
      &kIngestRequests,
      &kIngestInFlight,
      &kLogAppended,
      &kLogCommitDuration,
      &kLogBytes,
      &kProcessorEvents,
      &kProcessorDuplicates,
      &kProcessorDlq,
      &kProcessorLag,
      &kProcessorLastCommit,
      &kProcessorApplyDuration,
      &kProcessorErrors,
      &kProcessorForeignCurrency,
      &kProcessorSessionsJoined,
      &kProcessorLinks,
      &kProcessorSchemaOverflow,
      &kProcessorLogGap,
      &kProcessorCompactionDuration,
      &kEventToQuery,
      &kBehaviorLag,
      &kBehaviorBytes,
      &kBehaviorRebuilds,
      &kBehaviorErrors,
      &kBehaviorFeedDuration,
      &kQueryTotal,
      &kQueryErrors,
      &kQueryDuration,
      &kQueryEngine,
      &kQueriesRunning,
      &kQueriesCancelled,
      &kExports,
      &kExportsBroken,
      &kExportedRows,
      &kExportedBytes,
      &kCacheHits,
      &kCacheMisses,
      &kCacheEvictions,
      &kCacheBytes,
      &kGraphqlRefused,
      &kSqlRefused,
      &kErasedPlayersEvents,
      &kPrivacyRequests,
      &kPrivacyOpen,
      &kPrivacyNextDue,
      &kPrivacyErrors,
      &kAlertRules,
      &kAlertsFiring,
      &kAlerts,
      &kAlertEvaluations,
      &kNotificationDeliveries,
      &kNotificationSendDuration,
      &kNotificationsWaiting,
      &kNotificationsOldest,
      &kNotificationErrors,
      &kGraphqlSockets,
      &kGraphqlSocketsClosed,
      &kGraphqlSubscriptions,
      &kGraphqlSubscriptionResponses,
      &kGraphqlSubscriptionsEnded,
      &kGraphqlEventsLost,
      &kGraphqlStatesSkipped,
      &kLiveStreams,
      &kLiveDropped,
      &kAuthFailures,
      &kUsersLetters,
      &kUsersLogins,
      &kUsersRefused,
  };
  return all;
}

}  // namespace gm::telemetry
