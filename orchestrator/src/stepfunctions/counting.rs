//! Counts what is asked of Step Functions, attempt by attempt: what AWS counts against its quotas.

use aws_sdk_sfn::config::{ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeTransmitInterceptorContextRef};

/// What every request's target begins with.
const SERVICE: &str = "AWSStepFunctions.";

#[derive(Debug)]
pub(super) struct Counting;

impl Intercept for Counting {
    fn name(&self) -> &'static str {
        "Counting"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), aws_sdk_sfn::error::BoxError> {
        let target = context.request().headers().get("x-amz-target").unwrap_or_default();
        let action = target.strip_prefix(SERVICE).unwrap_or(target).to_owned();
        metrics::counter!("usher_aws_requests_total", "action" => action).increment(1);
        Ok(())
    }
}
