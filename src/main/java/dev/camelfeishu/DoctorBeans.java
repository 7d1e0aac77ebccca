package dev.camelfeishu;

import dev.camelfeishu.ops.Flows;
import dev.camelfeishu.ops.RouteList;
import dev.camelfeishu.ops.doctor.Doctor;
import dev.camelfeishu.ops.doctor.Patient;
import dev.camelfeishu.sync.Pairs;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** The doctor of what runs in this process. */
@Configuration(proxyBeanMethods = false)
class DoctorBeans {

    @Bean
    Doctor doctor(ConfigurableEnvironment environment, HomeFiles files, Flows flows, RouteList routes, Pairs pairs) {
        return new Doctor(() -> Patients.of(environment, files, flows.all(), new Patient.Running(routes, pairs)));
    }
}
